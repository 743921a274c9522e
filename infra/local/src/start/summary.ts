import type { Books, Verdict } from '@quadrille/audit';
import type { Fired } from '@quadrille/load';

/** The result of a run of orders; also the format of `--report`. */
export interface Summary {
  readonly orders: {
    readonly placed: number;
    readonly byEnding: Readonly<Record<string, number>>;
    /** Descriptions of orders that ended differently than their kind requires. */
    readonly unexpected: readonly string[];
    /** Valid orders that their deadline cancelled, because the machine was too busy. No promise is broken. */
    readonly overdue: number;
  };
  readonly byKind: readonly KindEndings[];
  readonly promises: readonly Verdict[];
  readonly sagasPerSecond: number;
  /** From the due time of an order to its end, in milliseconds. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
  readonly lines?: {
    readonly total: number;
    readonly byFate: Readonly<Record<string, number>>;
    readonly pricedOtherwise: number;
  };
}

/** The endings of one kind of orders, with the reasons. */
interface KindEndings {
  readonly kind: string;
  readonly COMPLETED: number;
  readonly CANCELLED: number;
  readonly open: number;
  readonly reasons: Readonly<Record<string, number>>;
}

/** The reason of an order that give-up cancelled. */
const DEADLINE_PASSED = 'deadline-passed';

/** Combines the placed orders and their results. */
export function summarize(fired: readonly Fired[], orders: Books['orders'], promises: readonly Verdict[]): Summary {
  const byId = new Map(orders.map((order) => [order.orderId, order]));
  const ended = fired.flatMap((each) => {
    const order = byId.get(each.orderId);
    return order?.endedAt ? [{ ...each, endedAt: order.endedAt }] : [];
  });
  const isOverdue = ({ orderId, ends }: Fired) => ends === 'COMPLETED' && byId.get(orderId)?.reason === DEADLINE_PASSED;
  const latencies = ended.map(({ dueAt, endedAt }) => endedAt - dueAt).sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0);
  const first = Math.min(...fired.map(({ dueAt }) => dueAt));
  // The slowest hundredth waits for deadlines by design; throughput is measured until all others have ended.
  const busyUntil =
    ended.map(({ endedAt }) => endedAt).sort((a, b) => a - b)[Math.floor(ended.length * 0.97)] ?? first + 1;
  return {
    orders: {
      placed: fired.length,
      byEnding: count(fired.map(({ orderId }) => byId.get(orderId)?.status ?? 'LOST')),
      unexpected: fired.flatMap((each) => {
        const status = byId.get(each.orderId)?.status ?? 'LOST';
        if (each.ends === 'either' || each.ends === status || isOverdue(each)) return [];
        return [`${each.orderId} (${each.kind}) is ${status}, expected ${each.ends}`];
      }),
      overdue: fired.filter(isOverdue).length,
    },
    byKind: [...new Set(fired.map(({ kind }) => kind))].map((kind) => endingsOf(kind, fired, byId)),
    promises,
    sagasPerSecond: Math.round((ended.length * 0.97) / Math.max(0.001, (busyUntil - first) / 1_000)),
    latencyMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
  };
}

function endingsOf(
  kind: string,
  fired: readonly Fired[],
  byId: ReadonlyMap<string, Books['orders'][number]>,
): KindEndings {
  const orders = fired.filter((each) => each.kind === kind).map(({ orderId }) => byId.get(orderId));
  const ended = count(orders.map((order) => order?.status ?? 'LOST'));
  const { COMPLETED = 0, CANCELLED = 0 } = ended;
  const reasons = count(orders.flatMap((order) => (order?.reason ? [order.reason] : [])));
  return { kind, COMPLETED, CANCELLED, open: orders.length - COMPLETED - CANCELLED, reasons };
}

function count(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** Whether all promises hold and all orders ended as expected. */
export const isSound = ({ promises, orders, lines }: Summary): boolean =>
  promises.every(({ holds }) => holds) && orders.unexpected.length === 0 && !lines?.byFate.LOST;
