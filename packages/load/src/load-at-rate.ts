import { type Fired, fireOne } from './fire.js';
import { endlessly, ORDER_KINDS, type OrderKind, type People } from './kinds.js';
import type { ShopClient } from './shop-client.js';

/** Interval in ms of checking which orders are due. */
const TICK_MS = 20;
/** Maximum pending requests. Orders due beyond that are omitted and counted, so that memory stays bounded. */
export const MAX_UNANSWERED_ORDERS = 512;
/** Maximum ms of missed orders that are caught up after a pause of this process, such as a suspended laptop. */
const MAX_ARREARS_MS = 1_000;

/** Rate and kinds of a load. */
export interface LoadPlan {
  /** 0 pauses the load. */
  readonly ordersPerSecond: number;
  /** Mixed by their shares; default: all kinds. */
  readonly kinds?: readonly OrderKind[];
}

/** Counters of a load. */
export interface LoadCounts {
  readonly accepted: number;
  /** Requests with another status than 202, or without an answer. */
  readonly failed: number;
  /** Orders that were due while {@link MAX_UNANSWERED_ORDERS} requests were pending. */
  readonly leftOut: number;
  readonly unanswered: number;
  /** Cause of the last failure; null without one. */
  readonly lastFailure: string | null;
}

/** A load that runs until it is stopped. */
export interface Load {
  counts(): LoadCounts;
  change(plan: LoadPlan): void;
  /** Resolves after the last answer. */
  stop(): Promise<void>;
}

/** Callbacks for single orders. */
export interface LoadListener {
  readonly onOrder?: (order: Fired) => void;
}

/**
 * Places orders at a rate, regardless of the speed of the shop (an open loop): customers do not wait for each other. An order
 * that is not accepted is counted and not retried.
 */
export function loadAtRate(shop: ShopClient, people: People, plan: LoadPlan, listener: LoadListener = {}): Load {
  const counts = { accepted: 0, failed: 0, leftOut: 0, lastFailure: null as string | null };
  const unanswered = new Set<Promise<void>>();
  const onOrder = (order: Fired) => {
    counts.accepted += 1;
    listener.onOrder?.(order);
  };
  let rate = 0;
  let kinds: Iterator<OrderKind, never> = endlessly(ORDER_KINDS);
  let since = performance.now();
  let fired = 0;

  const change = (next: LoadPlan) => {
    rate = next.ordersPerSecond;
    kinds = endlessly(next.kinds ?? ORDER_KINDS);
    since = performance.now();
    fired = 0;
  };
  const fire = () => {
    if (unanswered.size >= MAX_UNANSWERED_ORDERS) {
      counts.leftOut += 1;
      return;
    }
    const work = fireOne(shop, people, kinds.next().value, Date.now(), onOrder).catch((error: Error) => {
      counts.failed += 1;
      counts.lastFailure = error.message;
    });
    unanswered.add(work);
    void work.finally(() => unanswered.delete(work));
  };
  const tick = () => {
    const due = ((performance.now() - since) / 1_000) * rate;
    // Orders from before the maximum arrears are dropped.
    fired = Math.max(fired, Math.floor(due - (MAX_ARREARS_MS / 1_000) * rate));
    for (; fired + 1 <= due; fired++) fire();
  };

  change(plan);
  const timer = setInterval(tick, TICK_MS);
  return {
    counts: () => ({ ...counts, unanswered: unanswered.size }),
    change,
    async stop() {
      clearInterval(timer);
      await Promise.all(unanswered);
    },
  };
}
