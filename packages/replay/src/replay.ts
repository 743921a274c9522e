import type { Fired } from '@quadrille/load';
import { demandOk, inParallel, type OrderBody, type ShopClient, untilOffered } from '@quadrille/load';
import type { Fate, InvoiceLine } from './invoice-line.js';
import type { Plan, PlannedInvoice, PlannedProduct } from './plan.js';

const SETTING_UP_AT_ONCE = 32;
const CUSTOMERS_AT_ONCE = 32;
const CURRENCY = 'GBP';

/** Results of the lines that were sent. */
export type Fates = Map<InvoiceLine, Fate>;

/** Lists the products of the file, delivers the stock of its orders, and deposits the sum of each customer's orders. */
export async function prepareReplay(
  shop: ShopClient,
  { products, invoices }: Plan,
  onProgress: (line: string) => void,
): Promise<void> {
  onProgress(`listing ${products.length} products`);
  await inParallel(products, SETTING_UP_AT_ONCE, async ({ sku, name, price, wanted }: PlannedProduct) => {
    demandOk(await shop.listProduct({ sku, name, price, currency: CURRENCY, weightGrams: 0 }), `Listing ${sku}`);
    demandOk(
      await shop.receiveStock(sku, wanted, `replay-stock-${encodeURIComponent(sku)}-${wanted}`),
      `Delivering ${sku}`,
    );
  });
  await inParallel(products, SETTING_UP_AT_ONCE, (product) => untilOffered(shop, product));
  const prices = new Map(products.map(({ sku, price }) => [sku, price]));
  const spent = new Map<string, number>();
  for (const { kind, customerId, items } of invoices) {
    if (kind !== 'order' || customerId === null) continue;
    const total = items.reduce((sum, { sku, quantity }) => sum + quantity * prices.get(sku)!, 0);
    spent.set(customerId, (spent.get(customerId) ?? 0) + total);
  }
  onProgress(`opening ${spent.size} accounts`);
  await inParallel(spent, SETTING_UP_AT_ONCE, async ([customerId, amount]) => {
    demandOk(
      await shop.deposit(customerId, amount, CURRENCY, `replay-deposit-${amount}`),
      `The deposit of ${customerId}`,
    );
  });
}

/** Sends the invoices in file order, many at a time but one per customer, and records the result of each line. */
export async function replay(shop: ShopClient, plan: Plan, onOrder: (order: Fired) => void): Promise<Fates> {
  const fates: Fates = new Map(plan.fates);
  const placed: Placed = new Map();
  const turns = new Map<string, Promise<void>>();
  const send = async (invoice: PlannedInvoice): Promise<void> => {
    const fate =
      invoice.kind === 'order' ? await order(shop, invoice, placed, onOrder) : await returnGoods(shop, invoice, placed);
    for (const line of invoice.lines) fates.set(line, fate);
  };
  await inParallel(plan.invoices, CUSTOMERS_AT_ONCE, (invoice) => {
    if (invoice.customerId === null) return send(invoice);
    // A return follows the order of its goods.
    const turn = (turns.get(invoice.customerId) ?? Promise.resolve()).then(() => send(invoice));
    turns.set(invoice.customerId, turn);
    return turn;
  });
  return fates;
}

type Placed = Map<string, { orderId: string; skus: ReadonlySet<string> }[]>;

async function order(
  shop: ShopClient,
  invoice: PlannedInvoice,
  placed: Placed,
  onOrder: (order: Fired) => void,
): Promise<Fate> {
  const dueAt = Date.now();
  const { status, body } = await shop.placeOrder(bodyOf(invoice), `replay-invoice-${invoice.invoice}`);
  if (status >= 500) throw new Error(`Invoice ${invoice.invoice} was answered ${status}: ${JSON.stringify(body)}`);
  if (status !== 202)
    return {
      fate: 'refused',
      reason: String(body?.type ?? status)
        .split(':')
        .at(-1)!,
    };
  if (invoice.customerId !== null) {
    const before = placed.get(invoice.customerId) ?? [];
    placed.set(invoice.customerId, [
      ...before,
      { orderId: body.orderId, skus: new Set(invoice.items.map(({ sku }) => sku)) },
    ]);
  }
  onOrder({ orderId: body.orderId, kind: 'invoice', ends: 'either', dueAt });
  return { fate: 'ordered' };
}

const bodyOf = ({ customerId, country, items }: PlannedInvoice): OrderBody => ({
  customerId,
  items,
  // The file has only the country.
  shippingAddress: {
    name: 'Online Retail customer',
    line1: '1 High Street',
    city: 'Somewhere',
    postalCode: '00000',
    country,
  },
  payment: customerId === null ? { method: 'card', token: 'tok_visa' } : { method: 'account' },
  currency: CURRENCY,
});

/**
 * A return cancels the customer's latest order that contains one of its goods, if that is still open; otherwise it is reported.
 */
async function returnGoods(shop: ShopClient, invoice: PlannedInvoice, placed: Placed): Promise<Fate> {
  if (invoice.customerId === null) return { fate: 'reported', reason: 'return-of-a-guest' };
  const wanted = invoice.items.map(({ sku }) => sku);
  const latest = placed.get(invoice.customerId)?.findLast(({ skus }) => wanted.some((sku) => skus.has(sku)));
  if (!latest) return { fate: 'reported', reason: 'return-without-an-earlier-order' };
  const { status, body } = await shop.cancelOrder(latest.orderId, `return-${invoice.invoice}`);
  if (status === 202) return { fate: 'cancelled' };
  if (status === 409) return { fate: 'reported', reason: 'return-after-the-order-ended' };
  throw new Error(`Return ${invoice.invoice} was answered ${status}: ${JSON.stringify(body)}`);
}

/** Counts lines by result: `refused: no-goods` and the like. The sum is the number of lines. */
export function countFates(lines: readonly InvoiceLine[], fates: Fates): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) {
    const fate = fates.get(line);
    // A line without a result is a bug: count it instead of omitting it.
    const name = !fate
      ? 'LOST'
      : fate.fate === 'refused' || fate.fate === 'reported'
        ? `${fate.fate}: ${fate.reason}`
        : fate.fate;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
