import type { ShopEvent } from '@quadrille/contracts';
import { type Order, orders } from './order.js';

/** One event of an order's history, in its current version; `version` counts from 1. */
export interface StoredEvent {
  readonly version: number;
  readonly eventId: string;
  readonly event: ShopEvent;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Applies events to an order, beginning with `start`: the initial state, or the state after an earlier part of the history. */
export const rebuild = (start: Order, events: readonly StoredEvent[]): Order =>
  events.reduce(
    // The history's own count, for any interpretation of an old event by the current rules: the next append must not depend on
    // them.
    (order, { version, event, at }) => ({ ...orders.evolve(order, event, at), version }),
    start,
  );

/** An order's history up to and with version `n`. */
export const upToVersion = (history: readonly StoredEvent[], n: number): readonly StoredEvent[] =>
  history.filter(({ version }) => version <= n);

/**
 * An order's history up to and with the time `at` (ISO 8601). Ends at the first later event, even if a following event has an
 * earlier time because of clock skew: no event is returned without its predecessors.
 */
export function upToTime(history: readonly StoredEvent[], at: string): readonly StoredEvent[] {
  const moment = Date.parse(at);
  const end = history.findIndex((event) => Date.parse(event.at) > moment);
  return end === -1 ? history : history.slice(0, end);
}
