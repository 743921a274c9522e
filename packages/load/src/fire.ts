import { mixed, ORDER_KINDS, type OrderKind, type People } from './kinds.js';
import type { Answer, ShopClient } from './shop-client.js';

/** One order that was placed. */
export interface Fired {
  readonly orderId: string;
  readonly kind: string;
  readonly ends: OrderKind['ends'];
  /** Scheduled time of the order in ms since 1970; latencies count from here. */
  readonly dueAt: number;
}

/** Maximum concurrent requests. */
const CUSTOMERS_AT_ONCE = 64;

/** Places `count` orders of every kind as fast as the shop accepts them. Throws if one is not accepted. */
export async function fireOrders(
  shop: ShopClient,
  people: People,
  count: number,
  onOrder: (order: Fired) => void,
  kinds: readonly OrderKind[] = ORDER_KINDS,
): Promise<void> {
  await inParallel(mixed(count, kinds), CUSTOMERS_AT_ONCE, (kind) => fireOne(shop, people, kind, Date.now(), onOrder));
}

/** Places one order, and cancels it if its kind requires that. Throws if the order is not accepted. */
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

/** 409 (too late) is a valid answer. */
async function cancel(shop: ShopClient, orderId: string): Promise<void> {
  const { status, body } = await shop.cancelOrder(orderId);
  if (status !== 202 && status !== 409)
    throw new Error(`A cancellation was answered ${status}: ${JSON.stringify(body)}`);
}

/** Runs `work` for every item, at most `workers` at a time, in the order of the items. */
export async function inParallel<Item>(
  items: Iterable<Item>,
  workers: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}
