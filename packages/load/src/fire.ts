import { inParallel } from './in-parallel.js';
import { mixed, ORDER_KINDS, type OrderKind, type People } from './kinds.js';
import type { Answer, ShopClient } from './shop-client.js';

/** One order that was fired. */
export interface Fired {
  readonly orderId: string;
  readonly kind: string;
  readonly ends: OrderKind['ends'];
  /** When it was due to be placed: latencies count from here. Milliseconds since 1970. */
  readonly dueAt: number;
}

/** So many customers wait for an answer at the same time. */
const CUSTOMERS_AT_ONCE = 64;

/** Fires `count` orders of every kind as fast as the shop accepts them. Throws when one is not accepted. */
export async function fireOrders(
  shop: ShopClient,
  people: People,
  count: number,
  onOrder: (order: Fired) => void,
  kinds: readonly OrderKind[] = ORDER_KINDS,
): Promise<void> {
  await inParallel(mixed(count, kinds), CUSTOMERS_AT_ONCE, (kind) => fireOne(shop, people, kind, Date.now(), onOrder));
}

/** Fires one order, and cancels it where that belongs to its kind. Throws when it is not accepted. */
export async function fireOne(
  shop: ShopClient,
  people: People,
  kind: OrderKind,
  dueAt: number,
  onOrder: (order: Fired) => void,
): Promise<void> {
  const orderId = accepted(await shop.placeOrder(kind.body(people)));
  onOrder({ orderId, kind: kind.name, ends: kind.ends, dueAt });
  if (kind.cancelled) await cancel(shop, orderId);
}

function accepted({ status, body }: Answer): string {
  if (status === 202) return body.orderId as string;
  throw new Error(`An order was answered ${status}: ${JSON.stringify(body)}`);
}

/** Too late (409) is a fine answer. */
async function cancel(shop: ShopClient, orderId: string): Promise<void> {
  const { status, body } = await shop.cancelOrder(orderId);
  if (status !== 202 && status !== 409)
    throw new Error(`A cancellation was answered ${status}: ${JSON.stringify(body)}`);
}
