import { exampleOrder, type OrderDetails } from '@quadrille/contracts';
import { Chance } from '@quadrille/proof/simulate/chance';
import { idOf } from '@quadrille/proof/simulate/id-of';
import type { Caller } from '@quadrille/proof/simulate/model';
import type { Plan } from '@quadrille/proof/simulate/plan';

const SKUS = [
  { sku: 'TEAPOT', unitPrice: 3_400 },
  { sku: 'MUG-BLUE', unitPrice: 1_250 },
  { sku: 'SPOON', unitPrice: 300 },
] as const;
const TOKENS = ['tok_visa', 'tok_visa', 'tok_visa', 'tok_declined', 'tok_capture-declined'] as const;
const CANCELS_ONE_IN = 6;
const ORDERS_A_CUSTOMER = 10;

/** All products, with their prices. */
export const catalogue = SKUS;

/** Returns the orders of a plan; some cannot be paid, are out of stock or undeliverable. */
export const ordersOf = ({ seed, count, orders }: Plan): OrderDetails[] =>
  orders.map((nth) => orderOf(Chance.of(seed, `order ${nth}`), nth, count));

/** Returns the ids of the customers of a plan. */
export const customersOf = ({ count }: Plan): string[] =>
  Array.from({ length: Math.ceil(count / ORDERS_A_CUSTOMER) }, (_, nth) => idOf(2, nth));

function orderOf(chance: Chance, nth: number, count: number): OrderDetails {
  const lines = SKUS.filter(() => chance.oneIn(2));
  const items = (lines.length > 0 ? lines : [SKUS[0]]).map((line) => ({ ...line, quantity: chance.between(1, 3) }));
  const example = exampleOrder();
  return {
    ...example,
    orderId: idOf(1, nth),
    customerId: idOf(2, chance.between(0, Math.ceil(count / ORDERS_A_CUSTOMER) - 1)),
    items,
    total: items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0),
    payment: chance.oneIn(2) ? { method: 'account' as const } : { method: 'card' as const, token: chance.pick(TOKENS) },
    shippingAddress: { ...example.shippingAddress, country: chance.oneIn(12) ? 'AQ' : 'GB' },
  };
}

/** Places the order, and sometimes cancels it a moment later. */
export async function buy(order: OrderDetails, caller: Caller): Promise<void> {
  const { orderId, customerId, items, currency, payment, shippingAddress } = order;
  const lines = items.map(({ sku, quantity }) => ({ sku, quantity }));
  await caller.insist('place-order', { orderId, customerId, items: lines, currency, payment, shippingAddress });
  caller.begun();
  if (!caller.chance.oneIn(CANCELS_ONE_IN)) return;
  await caller.pause(caller.chance.between(0, 1_500));
  await caller.insist('request-cancellation', { orderId, reason: 'changed-my-mind' });
}
