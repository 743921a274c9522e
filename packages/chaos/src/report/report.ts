import type { Books, Verdict } from '@quadrille/audit';
import type { Fired } from '@quadrille/load';
import type { InjectedFault } from '../injected-fault.js';
import { inWords, OTHERS_END_WITHIN_MS } from '../schedule/schedule.js';
import type { Watched } from '../watch.js';
import { type Others, othersOf } from './others.js';

/** So many seconds before a fault and after it tell how much it cost. */
const WINDOW_SECONDS = 5;
const SECOND_MS = 1_000;
/** They rest until a clock strikes, by design: they say nothing about how fast the system comes back. */
const WAITS_FOR_CLOCK = new Set(['deadline passes']);
const DEADLINE_PASSED = 'deadline-passed';

/** A fault and what it did. Rates are endings a second. */
export interface Effect {
  readonly what: string;
  /** Milliseconds from the first order. */
  readonly atMs: number;
  readonly liftedAtMs: number;
  readonly rate: { readonly before: number; readonly during: number; readonly after: number };
  /** Sagas that were under way when the fault was over, and how long after that the last of them ended. */
  readonly inFlight: number;
  readonly recoveredAfterMs: number;
  /** Another fault struck before that: the number is not this one's alone. */
  readonly disturbed: boolean;
  /** Set when it could not be made to happen, or not be lifted. */
  readonly failed?: string;
}

/** What a run came to; also the shape of `--json`. */
export interface Report {
  readonly seed: number;
  readonly minutes: number;
  readonly ratePerSecond: number;
  readonly orders: { readonly accepted: number; readonly byEnding: Readonly<Record<string, number>> };
  /** What customers, orders or processes did that they should not, in words. */
  readonly wrong: readonly string[];
  /** Turned back by their deadline while something was broken: no promise is broken by that. */
  readonly overdue: number;
  readonly repetitions: number;
  /** What happened to processes unasked, and what operators did in the end. */
  readonly notes: readonly string[];
  /** Endings in each second from the first order. */
  readonly endings: readonly number[];
  readonly faults: readonly Effect[];
  /** From the end of the last fault to the end of the last saga. */
  readonly recoveredAfterMs: number;
  readonly recoveryBoundMs: number;
  readonly others: Others;
  readonly promises: readonly Verdict[];
  /** What the auditor of a running system saw all along. */
  readonly watched: Watched;
  readonly sound: boolean;
}

/** What was seen of a run. */
export interface Seen {
  readonly seed: number;
  readonly minutes: number;
  readonly ratePerSecond: number;
  /** When the first order was due: milliseconds since 1970. */
  readonly beganAt: number;
  readonly struck: readonly InjectedFault[];
  readonly fired: readonly Fired[];
  readonly unanswered: readonly string[];
  readonly repetitions: number;
  /** Dead letters of ours that an operator had to have tried again. */
  readonly redriven: number;
  readonly notes: readonly string[];
  readonly orders: Books['orders'];
  readonly promises: readonly Verdict[];
  readonly watched: Watched;
  readonly recoveryBoundMs: number;
}

/** Puts together what was done to the system and what became of it. */
export function reportOf(seen: Seen): Report {
  const { beganAt, struck, fired, orders, promises, recoveryBoundMs } = seen;
  const byId = new Map(orders.map((order) => [order.orderId, order]));
  const kinds = new Map(fired.map(({ orderId, kind }) => [orderId, kind]));
  const measured = orders.filter(({ orderId }) => !WAITS_FOR_CLOCK.has(kinds.get(orderId) ?? ''));
  const faults = struck.map((each) => effectOf(each, struck, measured, beganAt));
  const lastLift = Math.max(beganAt, ...struck.map(({ liftedAt }) => liftedAt));
  const lastEnd = Math.max(lastLift, ...measured.map(({ endedAt }) => endedAt ?? lastLift));
  const wrong = [...seen.unanswered, ...wrongEndings(fired, byId), ...strangers(fired, byId), ...failures(faults)];
  const surprises = seen.watched.violations.filter((violation) => !isMeant(violation, struck));
  wrong.push(...surprises.map((violation) => `seen while it ran: ${violation}`));
  wrong.push(...needlesslyDead(seen));
  const others = othersOf(struck, measured);
  if (others.late > 0) {
    wrong.push(`${others.late} orders needed longer than ${OTHERS_END_WITHIN_MS} ms, and nothing was wrong with them`);
  }
  const recoveredAfterMs = lastEnd - lastLift;
  if (recoveredAfterMs > recoveryBoundMs) wrong.push(`it took ${recoveredAfterMs} ms until the last saga had ended`);
  return {
    seed: seen.seed,
    minutes: seen.minutes,
    ratePerSecond: seen.ratePerSecond,
    orders: { accepted: fired.length, byEnding: count(orders.map(({ status }) => status)) },
    wrong,
    overdue: fired.filter((each) => isOverdue(each, byId)).length,
    repetitions: seen.repetitions,
    notes: seen.notes,
    endings: endingsBySecond(measured, beganAt),
    faults,
    recoveredAfterMs,
    recoveryBoundMs,
    others,
    promises,
    watched: seen.watched,
    sound: wrong.length === 0 && promises.every(({ holds }) => holds),
  };
}

function effectOf(one: InjectedFault, all: readonly InjectedFault[], orders: Books['orders'], beganAt: number): Effect {
  const { fault, struckAt, liftedAt, failed } = one;
  const rate = (from: number, to: number) =>
    (orders.filter(({ endedAt }) => endedAt !== null && endedAt >= from && endedAt < to).length * SECOND_MS) /
    Math.max(1, to - from);
  const inFlight = orders.filter(
    ({ placedAt, endedAt }) => placedAt <= liftedAt && (endedAt === null || endedAt > liftedAt),
  );
  const recoveredAt = Math.max(liftedAt, ...inFlight.map(({ endedAt }) => endedAt ?? liftedAt));
  const window = WINDOW_SECONDS * SECOND_MS;
  return {
    what: inWords(fault),
    atMs: struckAt - beganAt,
    liftedAtMs: liftedAt - beganAt,
    rate: {
      before: rate(struckAt - window, struckAt),
      during: rate(struckAt, liftedAt),
      after: rate(liftedAt, liftedAt + window),
    },
    inFlight: inFlight.length,
    recoveredAfterMs: recoveredAt - liftedAt,
    disturbed: all.some((other) => other !== one && other.struckAt < recoveredAt && other.liftedAt > struckAt),
    ...(failed !== undefined && { failed }),
  };
}

function endingsBySecond(orders: Books['orders'], beganAt: number): number[] {
  const seconds: number[] = [];
  for (const { endedAt } of orders) {
    if (endedAt === null || endedAt < beganAt) continue;
    const second = Math.floor((endedAt - beganAt) / SECOND_MS);
    seconds[second] = (seconds[second] ?? 0) + 1;
  }
  return Array.from(seconds, (endings) => endings ?? 0);
}

type ById = ReadonlyMap<string, Books['orders'][number]>;

const isOverdue = ({ orderId, ends }: Fired, byId: ById): boolean =>
  ends === 'COMPLETED' && byId.get(orderId)?.reason === DEADLINE_PASSED;

const wrongEndings = (fired: readonly Fired[], byId: ById): string[] =>
  fired.flatMap((each) => {
    const status = byId.get(each.orderId)?.status ?? 'LOST';
    const fits = status === each.ends || (each.ends === 'either' && status !== 'LOST') || isOverdue(each, byId);
    return fits ? [] : [`order ${each.orderId} (${each.kind}) is ${status}, expected ${each.ends}`];
  });

/** Orders that no customer was told of: placed twice, say. */
function strangers(fired: readonly Fired[], byId: ById): string[] {
  const known = new Set(fired.map(({ orderId }) => orderId));
  return [...byId.keys()].filter((id) => !known.has(id)).map((id) => `nobody was told of order ${id}`);
}

/** Only what refuses the data of single messages may leave one to an operator; all else passes, and what it held up goes on by itself. */
const needlesslyDead = ({ redriven, struck }: Seen): string[] =>
  redriven === 0 || struck.some(({ fault }) => fault.kind === 'outbox-refuses')
    ? []
    : [`${redriven} messages waited for an operator, and nothing was wrong with them`];

/** The auditor must say so until an operator has decided on the rows that a fault has left. */
const isMeant = (violation: string, struck: readonly InjectedFault[]): boolean =>
  violation.endsWith('outbox rows can never be sent') &&
  struck.some(({ fault }) => fault.kind === 'unreadable-outbox-row');

const failures = (faults: readonly Effect[]): string[] =>
  faults.flatMap(({ what, failed }) => (failed === undefined ? [] : [`${what}: ${failed.split('\n', 1)[0]}`]));

function count(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
