import type { ShopEvent } from '@quadrille/contracts';
import { type Order, orders } from './order.js';

/** One event of an order's history: the n-th thing the order service said about it, in today's version. */
export interface StoredEvent {
  readonly version: number;
  readonly eventId: string;
  readonly event: ShopEvent;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The order that comes from these events, on top of what an earlier part of its history had made of it. */
export const rebuild = (start: Order, events: readonly StoredEvent[]): Order =>
  events.reduce(
    // The history's own count, whatever today's rules make of an old event: what is appended next must not depend on them.
    (order, { version, event, at }) => ({ ...orders.evolve(order, event, at), version }),
    start,
  );

/** An order's history up to and with version `n`. */
export const upToVersion = (history: readonly StoredEvent[], n: number): readonly StoredEvent[] =>
  history.filter(({ version }) => version <= n);

/**
 * An order's history up to and with the moment `at` (ISO 8601). Ends at the first later event, also where the clocks of two
 * instances disagreed and an event after it bears an earlier time: no event is seen without those before it.
 */
export function upToTime(history: readonly StoredEvent[], at: string): readonly StoredEvent[] {
  const moment = Date.parse(at);
  const end = history.findIndex((event) => Date.parse(event.at) > moment);
  return end === -1 ? history : history.slice(0, end);
}
