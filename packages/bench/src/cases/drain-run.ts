import { fateOf, mixedOrder } from '../load/order-requests.js';
import { cancel, place } from '../load/place.js';
import { endingsSince } from '../measure/endings.js';
import { countStatements } from '../measure/statements.js';
import { beginWindow, type Used } from '../measure/window.js';
import { allSent } from '../systems/at-rest.js';
import { demandPromises, type Shop } from '../systems/shop.js';

/** The measurements of one drain. */
export interface Drained {
  readonly orders: number;
  readonly sagasPerSecond: number;
  /** Until the system is at rest, including follow-up steps (stock committed, parcels dispatched). */
  readonly used: Used;
}

/** The orders of a drain. */
export interface DrainLoad {
  readonly orders: number;
  /** Orders drained before the measurement, until the code is compiled and the connections are open. */
  readonly warmUp: number;
  readonly bodyOf?: (at: number) => object;
  /** Whether to cancel the orders that the mix marks as cancelled. */
  readonly cancels?: boolean;
}

/** A lower rate is not worth measuring. */
const SLOWEST_SAGAS_PER_SECOND = 15;
const TIMEOUT_MS = 90_000;
/** Longer than every polling interval and every timer of either side. */
const SETTLE_MS = 1_000;

/** Warms up, places all orders while payment is paused, resumes payment, and audits. */
export async function drain(shop: Shop, load: DrainLoad): Promise<Drained> {
  await prepared(shop);
  await drainHeld(shop, load, load.warmUp);
  const drained = await drainHeld(shop, load, load.orders);
  await demandPromises(shop);
  return drained;
}

/** Prepares a system for measurement. */
export const prepared = (shop: Shop): Promise<void> => countStatements(shop.superuserUrl);

/** Places and drains, without an audit. */
export async function drainHeld(shop: Shop, load: DrainLoad, orders: number): Promise<Drained> {
  const timeoutMs = TIMEOUT_MS + (orders / SLOWEST_SAGAS_PER_SECOND) * 1_000;
  await shop.hold();
  const since = new Date();
  const ids = await place(shop.orderUrl, orders, load.bodyOf ?? mixedOrder);
  await allSent(shop, 'order', timeoutMs);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const end = await beginWindow(shop);
  const releasedAt = Date.now();
  await shop.release();
  const changedMinds = load.cancels === false ? [] : ids.filter((_, at) => fateOf(at) === 'cancelled');
  await cancel(shop.orderUrl, changedMinds);
  await shop.atRest(timeoutMs);
  const used = await end();
  const endings = await endingsSince(shop.databases.order!, since);
  if (endings.length !== orders) throw new Error(`Only ${endings.length} of ${orders} orders have ended.`);
  const lastAt = endings.reduce((latest, { endedAt }) => Math.max(latest, endedAt), 0);
  return { orders, sagasPerSecond: orders / ((lastAt - releasedAt) / 1_000), used };
}
