import { createHash } from 'node:crypto';
import { COUNTRY_CODES } from './countries.js';
import type { Fate, InvoiceLine } from './invoice-line.js';

/** Plan of a replay, in file order. Each line has a result, or is in exactly one order or return. */
export interface Plan {
  readonly products: readonly PlannedProduct[];
  /** Orders and returns, in the order of the file. */
  readonly invoices: readonly PlannedInvoice[];
  /** Lines whose result is known before any request. */
  readonly fates: ReadonlyMap<InvoiceLine, Fate>;
  /** Lines whose invoice price differs from the catalogue; the shop uses its catalogue price. */
  readonly pricedOtherwise: number;
}

export interface PlannedProduct {
  readonly sku: string;
  readonly name: string;
  /** Pence: the most frequent price, rounded half up. */
  readonly price: number;
  /** Pieces of all orders together. */
  readonly wanted: number;
}

export interface PlannedInvoice {
  readonly invoice: string;
  readonly kind: 'order' | 'return';
  /** UUID by the customer's number; null for a guest. */
  readonly customerId: string | null;
  readonly country: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  readonly lines: readonly InvoiceLine[];
}

/** Matches codes of goods: five digits, and some gifts. Other codes are fees, postage and corrections. */
const GOODS = /^(\d{5}[A-Z]*|DCGS\w+|GIFT_\d{4}_\d{2})$/;
const LARGEST_QUANTITY = 1_000_000;

/** Classifies the lines of an invoice file: ordered, merged, or refused with a reason. Pure. */
export function plan(lines: readonly InvoiceLine[]): Plan {
  const fates = new Map<InvoiceLine, Fate>();
  for (const line of lines) {
    const reason = refusal(line);
    if (reason) fates.set(line, { fate: 'refused', reason });
  }
  const usable = lines.filter((line) => !fates.has(line));
  const products = productsOf(usable);
  const prices = new Map(products.map(({ sku, price }) => [sku, price]));
  const invoices = [...grouped(usable, (line) => line.invoice).values()].map((each) => invoiceOf(each, fates));
  const pricedOtherwise = usable.filter((line) => !isReturn(line) && pence(line) !== prices.get(skuOf(line))).length;
  return { products, invoices, fates, pricedOtherwise };
}

const isReturn = (line: InvoiceLine): boolean => line.invoice.startsWith('C');

/** Codes differ in case only by accident. */
const skuOf = (line: InvoiceLine): string => line.stockCode.toUpperCase();

const pence = ({ unitPrice }: InvoiceLine): number => Math.floor(Number(unitPrice) * 100 + 0.5 + 1e-9);

function refusal(line: InvoiceLine): string | undefined {
  const quantity = Number(line.quantity);
  if (!/^C?\d{6}$/.test(line.invoice)) return 'invoice-number-unreadable';
  if (!GOODS.test(skuOf(line))) return 'no-goods';
  if (
    line.quantity === '' ||
    !Number.isSafeInteger(quantity) ||
    quantity === 0 ||
    Math.abs(quantity) > LARGEST_QUANTITY
  ) {
    return 'quantity-unreadable';
  }
  if (isReturn(line) !== quantity < 0) return isReturn(line) ? 'return-with-positive-quantity' : 'stock-correction';
  if (line.unitPrice === '' || !Number.isFinite(Number(line.unitPrice))) return 'price-unreadable';
  if (!isReturn(line) && pence(line) <= 0) return 'no-price';
  if (!Object.hasOwn(COUNTRY_CODES, line.country)) return 'country-without-code';
  return undefined;
}

function grouped<Key>(lines: readonly InvoiceLine[], key: (line: InvoiceLine) => Key): Map<Key, InvoiceLine[]> {
  const groups = new Map<Key, InvoiceLine[]>();
  for (const line of lines) {
    const group = groups.get(key(line));
    if (group) group.push(line);
    else groups.set(key(line), [line]);
  }
  return groups;
}

function productsOf(usable: readonly InvoiceLine[]): PlannedProduct[] {
  const sold = usable.filter((line) => !isReturn(line));
  return [...grouped(sold, skuOf)].map(([sku, lines]) => ({
    sku,
    name: lines.find(({ description }) => description !== '')?.description ?? sku,
    price: mostFrequent(lines.map(pence)),
    wanted: lines.reduce((sum, line) => sum + Number(line.quantity), 0),
  }));
}

/** Returns the first of equally frequent prices. */
function mostFrequent(prices: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const price of prices) counts.set(price, (counts.get(price) ?? 0) + 1);
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}

/** Lines of one SKU become one item; all but the first count as merged. */
function invoiceOf(lines: readonly InvoiceLine[], fates: Map<InvoiceLine, Fate>): PlannedInvoice {
  const first = lines[0]!;
  const kind = isReturn(first) ? 'return' : 'order';
  const items = [...grouped(lines, skuOf)].map(([sku, same]) => {
    if (kind === 'order') {
      for (const merged of same.slice(1)) fates.set(merged, { fate: 'merged', reason: `into line ${same[0]!.line}` });
    }
    return { sku, quantity: same.reduce((sum, line) => sum + Math.abs(Number(line.quantity)), 0) };
  });
  return {
    invoice: first.invoice,
    kind,
    customerId: first.customer === '' ? null : idOf(`customer ${Number(first.customer)}`),
    country: COUNTRY_CODES[first.country]!,
    items,
    lines: lines.filter((line) => !fates.has(line)),
  };
}

/** Returns the same UUID for the same name (RFC 9562 version 8): a customer of a file has the same id in each replay. */
function idOf(name: string): string {
  const bytes = createHash('sha256').update(`quadrille replay: ${name}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
