import type { Verdict } from '../verdict.js';
import type { Backlog } from './backlog.js';

/** `open`: cannot be judged yet, because work that was in progress when the audit began has not ended. */
export type Judgement = Omit<Verdict, 'holds'> & { readonly verdict: 'holds' | 'broken' | 'open' };

/** Unfinished work of the system. */
export interface Pending {
  /** Orders that are neither COMPLETED nor CANCELLED. */
  readonly openSagas: number;
  /** ISO 8601: when the oldest open order was placed; null without one. */
  readonly oldestPlacedAt: string | null;
  /** Rows of outboxes that have not reached their topic. */
  readonly unsent: number;
  /** Records that have not been processed by all their steps. */
  readonly unconsumed: number;
  /** Parked messages: retried, queued behind one, or dead letters. */
  readonly parked: number;
}

/** The report on a running system. */
export interface AuditReport {
  readonly verdict: 'holds' | 'broken' | 'open';
  readonly promises: readonly Judgement[];
  readonly pending: Pending;
  /**
   * Descriptions of parts that are not judged: beyond the retention of the topics, or unreadable. The verdict covers the rest.
   */
  readonly notJudged: readonly string[];
  /** ISO 8601: time of the snapshot by the clock of the databases. */
  readonly at: string;
  /** Duration of the pass in ms. */
  readonly tookMs: number;
}

/** Results of one pass. */
export interface Findings {
  /** The seven verdicts in order. */
  readonly verdicts: readonly Verdict[];
  /** All work that waits now. */
  readonly waiting: Backlog;
  readonly unconsumed: number;
  readonly notJudged: readonly string[];
  /** The part of it that already waited when the audit began. */
  readonly sinceBegin: { readonly sagas: number; readonly events: number };
  readonly at: Date;
  readonly tookMs: number;
}

/** The first promise is open while sagas from before the audit are open, the sixth while their events are in transit. */
const EVERY_ORDER_ENDS = 0;
const EVERY_EVENT_ONCE = 5;

/** Builds the report of a pass. A violation counts at once: in a consistent cut, records in transit do not look missing. */
export function auditReportOf({
  verdicts,
  waiting,
  unconsumed,
  notJudged,
  sinceBegin,
  at,
  tookMs,
}: Findings): AuditReport {
  const isOpen = (promise: number) =>
    (promise === EVERY_ORDER_ENDS && sinceBegin.sagas > 0) || (promise === EVERY_EVENT_ONCE && sinceBegin.events > 0);
  const promises = verdicts.map(({ holds, ...facts }, at): Judgement => {
    if (!holds) return { ...facts, verdict: 'broken' };
    return { ...facts, verdict: isOpen(at) ? 'open' : 'holds' };
  });
  const has = (one: Judgement['verdict']) => promises.some((promise) => promise.verdict === one);
  const { openSagas, oldestPlacedAt, unsent, parked } = waiting;
  return {
    verdict: has('broken') ? 'broken' : has('open') ? 'open' : 'holds',
    promises,
    pending: { openSagas, oldestPlacedAt, unsent, unconsumed, parked },
    notJudged,
    at: at.toISOString(),
    tookMs,
  };
}
