import type { Books, Verdict } from '@quadrille/audit';
import type { Fired } from '@quadrille/load';
import type { InjectedFault } from '../injected-fault.js';
import { inWords, OTHERS_END_WITHIN_MS } from '../schedule/schedule.js';
import type { Watched } from '../watch.js';
import { type Others, othersOf } from './others.js';

/** The window before and after a fault in which the rate is measured. */
const WINDOW_SECONDS = 5;
const SECOND_MS = 1_000;
/** These orders wait for their deadline by design, so they do not measure recovery. */
const WAITS_FOR_CLOCK = new Set(['deadline passes']);
const DEADLINE_PASSED = 'deadline-passed';

/** A fault and its measured effect. Rates are endings per second. */
export interface Effect {
  readonly what: string;
  /** Milliseconds from the first order. */
  readonly atMs: number;
  readonly liftedAtMs: number;
  readonly rate: { readonly before: number; readonly during: number; readonly after: number };
  /** Sagas in flight when the fault ended, and milliseconds until the last of them ended. */
  readonly inFlight: number;
  readonly recoveredAfterMs: number;
  /** True if another fault was active before that, so the figure is not of this fault alone. */
  readonly disturbed: boolean;
  /** The reason if the fault could not be injected or removed. */
  readonly failed?: string;
}

/** The result of a run; also the format of `--json`. */
export interface Report {
  readonly seed: number;
  readonly minutes: number;
  readonly ratePerSecond: number;
  readonly orders: { readonly accepted: number; readonly byEnding: Readonly<Record<string, number>> };
  /** Descriptions of wrong results of customers, orders or processes. */
  readonly wrong: readonly string[];
  /** Orders that their deadline cancelled during a fault. They break no promise. */
  readonly overdue: number;
  readonly repetitions: number;
  /** Unexpected process exits, and the operator's decisions at the end. */
  readonly notes: readonly string[];
  /** Endings per second since the first order. */
  readonly endings: readonly number[];
  readonly faults: readonly Effect[];
  /** Milliseconds from the end of the last fault to the end of the last saga. */
  readonly recoveredAfterMs: number;
  readonly recoveryBoundMs: number;
  readonly others: Others;
  readonly promises: readonly Verdict[];
  /** Results of the auditor that ran during the whole run. */
  readonly watched: Watched;
  readonly sound: boolean;
}

/** The observations of a run. */
export interface Seen {
  readonly seed: number;
  readonly minutes: number;
  readonly ratePerSecond: number;
  /** When the first order was due: milliseconds since 1970. */
  readonly beganAt: number;
  readonly injected: readonly InjectedFault[];
  readonly fired: readonly Fired[];
  readonly unanswered: readonly string[];
  readonly repetitions: number;
  /** Valid messages that an operator had to redrive. */
  readonly redriven: number;
  readonly notes: readonly string[];
  readonly orders: Books['orders'];
  readonly promises: readonly Verdict[];
  readonly watched: Watched;
  readonly recoveryBoundMs: number;
}

/** Combines the injected faults and the observed results. */
export function reportOf(seen: Seen): Report {
  const { beganAt, injected, fired, orders, promises, recoveryBoundMs } = seen;
  const byId = new Map(orders.map((order) => [order.orderId, order]));
  const kinds = new Map(fired.map(({ orderId, kind }) => [orderId, kind]));
  const measured = orders.filter(({ orderId }) => !WAITS_FOR_CLOCK.has(kinds.get(orderId) ?? ''));
  const faults = injected.map((each) => effectOf(each, injected, measured, beganAt));
  const lastLift = Math.max(beganAt, ...injected.map(({ liftedAt }) => liftedAt));
  const lastEnd = Math.max(lastLift, ...measured.map(({ endedAt }) => endedAt ?? lastLift));
  const wrong = [...seen.unanswered, ...wrongEndings(fired, byId), ...strangers(fired, byId), ...failures(faults)];
  const surprises = seen.watched.violations.filter((violation) => !isMeant(violation, injected));
  wrong.push(...surprises.map((violation) => `during the run: ${violation}`));
  wrong.push(...needlesslyDead(seen));
  const others = othersOf(injected, measured);
  if (others.late > 0) {
    wrong.push(`${others.late} unaffected orders took longer than ${OTHERS_END_WITHIN_MS} ms`);
  }
  const recoveredAfterMs = lastEnd - lastLift;
  if (recoveredAfterMs > recoveryBoundMs) wrong.push(`the last saga ended after ${recoveredAfterMs} ms`);
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
  const { fault, injectedAt, liftedAt, failed } = one;
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
    atMs: injectedAt - beganAt,
    liftedAtMs: liftedAt - beganAt,
    rate: {
      before: rate(injectedAt - window, injectedAt),
      during: rate(injectedAt, liftedAt),
      after: rate(liftedAt, liftedAt + window),
    },
    inFlight: inFlight.length,
    recoveredAfterMs: recoveredAt - liftedAt,
    disturbed: all.some((other) => other !== one && other.injectedAt < recoveredAt && other.liftedAt > injectedAt),
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

/** Orders whose id no customer received, for example because they were placed twice. */
function strangers(fired: readonly Fired[], byId: ById): string[] {
  const known = new Set(fired.map(({ orderId }) => orderId));
  return [...byId.keys()].filter((id) => !known.has(id)).map((id) => `no customer received the id of order ${id}`);
}

/** Only a fault that makes the database reject single messages may leave valid dead letters. After all others, messages are retried automatically. */
const needlesslyDead = ({ redriven, injected }: Seen): string[] =>
  redriven === 0 || injected.some(({ fault }) => fault.kind === 'outbox-refuses')
    ? []
    : [`${redriven} valid messages needed an operator`];

/** The auditor must report the rows that a fault left until an operator has decided. */
const isMeant = (violation: string, injected: readonly InjectedFault[]): boolean =>
  violation.endsWith('outbox rows can never be sent') &&
  injected.some(({ fault }) => fault.kind === 'unreadable-outbox-row');

const failures = (faults: readonly Effect[]): string[] =>
  faults.flatMap(({ what, failed }) => (failed === undefined ? [] : [`${what}: ${failed.split('\n', 1)[0]}`]));

function count(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
