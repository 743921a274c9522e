import { ignore, type Rejection, reject } from '@quadrille/choreography';
import { type Item, MAX_LINE_QUANTITY, MAX_ORDER_LINES, OrderCreated, step } from '@quadrille/contracts';
import { mergeLines, type RequestedLine } from '../domain/merge-lines.js';
import { orders } from '../domain/order.js';
import { type Product, products } from '../domain/product.js';

/** Prices a new order from the stored catalogue, never from the request. */
export const placeOrder = step('place-order', {
  loads: (request) => ({
    order: orders.of(request.orderId),
    products: mergeLines(request.items).map(({ sku }) => products.of(sku)),
  }),

  decide({ order, products }, request) {
    if (order.status !== 'none') return ignore;
    const lines = mergeLines(request.items);
    const priced = price(lines, products, request.currency);
    if ('refused' in priced) return priced;

    const { orderId, customerId, currency, payment, shippingAddress } = request;
    return OrderCreated({ orderId, customerId, ...priced, currency, payment, shippingAddress });
  },
});

type Priced = { readonly items: Item[]; readonly total: number };

function price(lines: readonly RequestedLine[], products: readonly Product[], currency: string): Priced | Rejection {
  if (lines.length > MAX_ORDER_LINES) {
    return reject(
      422,
      'too-many-lines',
      `An order has at most ${MAX_ORDER_LINES} different SKUs, not ${lines.length}.`,
      ['/items'],
    );
  }
  const tooMany = lines.filter(({ quantity }) => quantity > MAX_LINE_QUANTITY);
  if (tooMany.length > 0) {
    const detail = `An order has at most ${MAX_LINE_QUANTITY} pieces of one SKU.`;
    return reject(422, 'quantity-too-large', detail, pointersTo(tooMany, 'quantity'));
  }
  const unknown = lines.filter((_, at) => !products[at]?.listed);
  if (unknown.length > 0) {
    return reject(422, 'unknown-sku', `The catalogue does not have ${named(unknown)}.`, pointersTo(unknown, 'sku'));
  }
  const foreign = lines.filter((_, at) => currencyOf(products[at]) !== currency);
  if (foreign.length > 0) {
    const detail = `${named(foreign)} cannot be paid in ${currency}.`;
    return reject(422, 'currency-not-offered', detail, pointersTo(foreign, 'sku'));
  }
  const items = lines.map(({ sku, quantity }, at) => ({ sku, quantity, unitPrice: priceOf(products[at]) }));
  // A sum of safe integers above the bound stays above it when it is rounded.
  const total = items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
  if (total > Number.MAX_SAFE_INTEGER) {
    return reject(422, 'total-too-large', 'The total exceeds the largest exact amount.', ['/items']);
  }
  return { items, total };
}

const currencyOf = (product: Product | undefined) => (product?.listed ? product.currency : undefined);
const priceOf = (product: Product | undefined) => (product?.listed ? product.price : Number.POSITIVE_INFINITY);
const pointersTo = (lines: readonly RequestedLine[], field: string) =>
  lines.map(({ line }) => `/items/${line}/${field}`);

/** The maximum number of SKUs named in a rejection; its pointers cover all. */
const NAMED_SKUS = 5;
const named = (lines: readonly RequestedLine[]): string => {
  const skus = lines.slice(0, NAMED_SKUS).map(({ sku }) => sku);
  return [...skus, ...(lines.length > NAMED_SKUS ? [`${lines.length - NAMED_SKUS} more`] : [])].join(', ');
};
