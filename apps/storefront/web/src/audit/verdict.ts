/** A promise as the auditor judged it. */
export interface Judgement {
  readonly promise: string;
  readonly verdict: 'holds' | 'broken' | 'open';
  readonly checked: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

/** What the auditor says at `/verdict`. */
export interface AuditVerdict {
  readonly verdict: 'holds' | 'broken' | 'open';
  readonly promises: readonly Judgement[];
  readonly pending: {
    readonly openSagas: number;
    readonly oldestPlacedAt: string | null;
    readonly unsent: number;
    readonly unheard: number;
    readonly parked: number;
  };
  /** ISO 8601: the moment that was looked at. */
  readonly at: string;
  readonly tookMs: number;
  /** Why it could not look again since; null when it could. */
  readonly error: string | null;
  /** ISO 8601: since when it cannot look; absent when it can. */
  readonly since?: string | null;
  /** In words: what the verdict is not about. */
  readonly notJudged: readonly string[];
}

/** The whole in a sentence. What was known last is told as that. */
export const conclusionOf = (audit: AuditVerdict): string =>
  audit.error === null ? judgedIn(audit) : `Nothing is known now. At the last look: ${judgedIn(audit)}`;

function judgedIn({ verdict, promises }: AuditVerdict): string {
  const of = (one: Judgement['verdict']) => promises.filter((promise) => promise.verdict === one).length;
  if (verdict === 'holds') return `All ${promises.length} promises hold.`;
  if (verdict === 'broken')
    return `${of('broken')} of ${promises.length} promises ${of('broken') === 1 ? 'is' : 'are'} broken.`;
  return `${of('open')} of ${promises.length} promises cannot be judged yet.`;
}

/** What the system has not finished, in words; empty when it rests. */
export function pendingOf({ pending }: AuditVerdict): string[] {
  const { openSagas, unsent, unheard, parked } = pending;
  const some = (count: number, one: string, many: string) =>
    count > 0 ? [`${count} ${count === 1 ? one : many}`] : [];
  return [
    ...some(openSagas, 'saga is under way', 'sagas are under way'),
    ...some(unsent, 'event waits in an outbox', 'events wait in outboxes'),
    ...some(unheard, 'record is not taken yet', 'records are not taken yet'),
    ...some(parked, 'message is put aside', 'messages are put aside'),
  ];
}
