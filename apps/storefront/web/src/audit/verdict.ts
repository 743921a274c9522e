/** A promise with its verdict. */
export interface Judgement {
  readonly promise: string;
  readonly verdict: 'holds' | 'broken' | 'open';
  readonly checked: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

/** The auditor's response of `/verdict`. */
export interface AuditVerdict {
  readonly verdict: 'holds' | 'broken' | 'open';
  readonly promises: readonly Judgement[];
  readonly pending: {
    readonly openSagas: number;
    readonly oldestPlacedAt: string | null;
    readonly unsent: number;
    readonly unconsumed: number;
    readonly parked: number;
  };
  /** ISO 8601: the time of the audited state. */
  readonly at: string;
  readonly tookMs: number;
  /** The reason for no newer audit; null for a current one. */
  readonly error: string | null;
  /** ISO 8601: start of the failure; absent without one. */
  readonly since?: string | null;
  /** As text: the parts that the verdict does not cover. */
  readonly notJudged: readonly string[];
}

/** The verdict in one sentence; an outdated one is marked as such. */
export const conclusionOf = (audit: AuditVerdict): string =>
  audit.error === null ? judgedIn(audit) : `The current state is unknown. Last audit: ${judgedIn(audit)}`;

function judgedIn({ verdict, promises }: AuditVerdict): string {
  const of = (one: Judgement['verdict']) => promises.filter((promise) => promise.verdict === one).length;
  if (verdict === 'holds') return `All ${promises.length} promises hold.`;
  if (verdict === 'broken')
    return `${of('broken')} of ${promises.length} promises ${of('broken') === 1 ? 'is' : 'are'} broken.`;
  return `${of('open')} of ${promises.length} promises cannot be judged yet.`;
}

/** Unfinished work of the system, as text; empty for a system at rest. */
export function pendingOf({ pending }: AuditVerdict): string[] {
  const { openSagas, unsent, unconsumed, parked } = pending;
  const some = (count: number, one: string, many: string) =>
    count > 0 ? [`${count} ${count === 1 ? one : many}`] : [];
  return [
    ...some(openSagas, 'saga is running', 'sagas are running'),
    ...some(unsent, 'event waits in an outbox', 'events wait in outboxes'),
    ...some(unconsumed, 'record is not consumed yet', 'records are not consumed yet'),
    ...some(parked, 'message is parked', 'messages are parked'),
  ];
}
