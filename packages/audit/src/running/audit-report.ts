import type { Verdict } from '../verdict.js';
import type { Backlog } from './backlog.js';

/** `open`: it cannot be judged yet, because the system has not finished what it had begun when the audit began. */
export type Judgement = Omit<Verdict, 'holds'> & { readonly verdict: 'holds' | 'broken' | 'open' };

/** What the system has not finished. */
export interface Pending {
  /** Orders that are neither COMPLETED nor CANCELLED. */
  readonly openSagas: number;
  /** ISO 8601: when the oldest of them was placed; null when there is none. */
  readonly oldestPlacedAt: string | null;
  /** Rows of outboxes that have not reached their topic. */
  readonly unsent: number;
  /** Records that a step hears and has not taken. */
  readonly unheard: number;
  /** Messages that are tried again, or wait behind one that is; dead letters among them. */
  readonly parked: number;
}

/** What an audit of a running system says. */
export interface AuditReport {
  readonly verdict: 'holds' | 'broken' | 'open';
  readonly promises: readonly Judgement[];
  readonly pending: Pending;
  /** In words: what is not judged, because the topics keep it no longer, or because it cannot be read. The verdict is about all else. */
  readonly notJudged: readonly string[];
  /** ISO 8601: the moment that was looked at, by the clock of the databases. */
  readonly at: string;
  /** How long it took to look. */
  readonly tookMs: number;
}

/** What one look has found. */
export interface Findings {
  /** The seven, in their order. */
  readonly verdicts: readonly Verdict[];
  /** All that waits now. */
  readonly waiting: Backlog;
  readonly unheard: number;
  readonly notJudged: readonly string[];
  /** What of it was waiting already when the audit began. */
  readonly sinceBegin: { readonly sagas: number; readonly events: number };
  readonly at: Date;
  readonly tookMs: number;
}

/** The first promise is open while sagas are that were when the audit began, the sixth while their events are under way. */
const EVERY_ORDER_ENDS = 0;
const EVERY_EVENT_ONCE = 5;

/** Judges a look. What breaks a promise breaks it at once: a cut sees nothing that is merely on its way as missing. */
export function auditReportOf({
  verdicts,
  waiting,
  unheard,
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
    pending: { openSagas, oldestPlacedAt, unsent, unheard, parked },
    notJudged,
    at: at.toISOString(),
    tookMs,
  };
}
