import { type Fired, fireOne } from './fire.js';
import { endlessly, ORDER_KINDS, type OrderKind, type People } from './kinds.js';
import type { ShopClient } from './shop-client.js';

/** How often it is looked which orders are due. */
const TICK_MS = 20;
/** So many orders wait for an answer at most; what would be due beyond that is left out and counted, so that memory stays bounded. */
export const MAX_UNANSWERED_ORDERS = 512;
/** After a pause of this process, as when a laptop sleeps, no more is made up for than this. */
const MAX_ARREARS_MS = 1_000;

/** What is fired how often. */
export interface LoadPlan {
  /** 0: nothing for the moment. */
  readonly ordersPerSecond: number;
  /** By their shares; without it, every kind there is. */
  readonly kinds?: readonly OrderKind[];
}

/** What has become of a load so far. */
export interface LoadCounts {
  readonly accepted: number;
  /** Answered other than 202, or not at all. */
  readonly failed: number;
  /** Due while {@link MAX_UNANSWERED_ORDERS} were waiting for their answers. */
  readonly leftOut: number;
  readonly unanswered: number;
  /** Why the last one failed; null while none has. */
  readonly lastFailure: string | null;
}

/** A load that runs until it is stopped. */
export interface Load {
  counts(): LoadCounts;
  change(plan: LoadPlan): void;
  /** Resolves when the last answer is there. */
  stop(): Promise<void>;
}

/** Told what happens to single orders. */
export interface LoadListener {
  readonly onOrder?: (order: Fired) => void;
}

/**
 * Fires orders at a rate, whether the shop keeps up or not (an open loop): customers do not wait for each other. An order that is not
 * accepted is counted and not tried again.
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
    // What is too long ago nobody waits for any more.
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
