import type { AuditReport, Judgement, Pending } from '@quadrille/audit';
import type { Paint } from '@quadrille/operate/terminal/paint';
import { span } from '@quadrille/operate/terminal/span';

const SIGNS = { holds: '✓', broken: '✗', open: '…' } as const;
const MEANINGS = { holds: 'good', broken: 'bad', open: 'wait' } as const;

/** The seven promises, one line each, and the conclusion. */
export function inWords({ verdict, promises, pending, notJudged }: AuditReport, paint: Paint, now: number): string {
  const lines = promises.flatMap((promise) => promiseInWords(promise, paint));
  const open = promises.filter((promise) => promise.verdict === 'open').length;
  const broken = promises.filter((promise) => promise.verdict === 'broken').length;
  const conclusion = {
    holds: `All ${promises.length} promises hold.${underWayInWords(pending, now)}`,
    broken: `${broken} of ${promises.length} promises are broken.`,
    open: `${open} of ${promises.length} promises cannot be judged yet: ${pendingInWords(pending, now)}.`,
  }[verdict];
  const silence = notJudged.map((what) => paint('quiet', `Not judged: ${what}.`));
  return [...lines, ...silence, '', paint(MEANINGS[verdict], conclusion)].join('\n');
}

/** Under load there are always open sagas; these began after the start of the audit. */
const underWayInWords = (pending: Pending, now: number): string =>
  pending.openSagas + pending.unsent + pending.unconsumed + pending.parked > 0
    ? ` Under way since the audit began: ${pendingInWords(pending, now)}.`
    : '';

function promiseInWords({ verdict, promise, checked, violations }: Judgement, paint: Paint): string[] {
  const numbers = Object.entries(checked).flatMap(([what, number]) =>
    verdict === 'open' && what === 'violations' ? [] : [`${what} ${number}`],
  );
  return [
    `${paint(MEANINGS[verdict], SIGNS[verdict])} ${promise} ${paint('quiet', `(${numbers.join(', ')})`)}`,
    ...violations.map((violation) => `    ${violation}`),
  ];
}

/** The backlog, with the commands that show details. */
export function pendingInWords(pending: Pending, now: number): string {
  const { openSagas, oldestPlacedAt, unsent, unconsumed, parked } = pending;
  const since = oldestPlacedAt === null ? '' : `, the oldest since ${span(now - Date.parse(oldestPlacedAt))}`;
  const parts = [
    ...(openSagas > 0 ? [`${openSagas} sagas are open${since} (quadrille stuck lists them)`] : []),
    ...(unsent > 0 ? [`${unsent} outbox rows have not reached their topic`] : []),
    ...(unconsumed > 0 ? [`${unconsumed} records are not processed by their consumers`] : []),
    ...(parked > 0 ? [`${parked} messages are parked (quadrille dead-letters list)`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'the system changed during the audit';
}
