import { CRASH_POINTS, type CrashPoint } from '@quadrille/crash-points';
import { Chance } from './chance.js';

/** All faults of a simulated system, with their effect. */
export const FAULT_KINDS = {
  crash: 'a process dies at a crash point',
  kill: 'a process dies at any point',
  freeze: 'a process pauses for longer than the session timeout of its group, then continues',
  rebalance: 'the partitions of a group are reassigned',
  'rebalance in a batch': 'the partitions of a group are reassigned during a batch',
  'slow partition': 'the records of one partition wait, the others continue',
  redelivery: 'a group consumes committed records again',
  'broker away': 'the broker is unavailable',
  'acknowledgement lost': 'records are on their topic, but the relay receives an error',
  'database away': 'a database is unavailable',
  'connection lost': 'a transaction breaks off at some statement',
  'commit unanswered': 'a transaction is committed, but its process receives an error',
  conflict: 'a transaction fails at its commit',
  'clock jump': "a database's clock is wrong",
  'gateway away': 'the provider or the carrier is unavailable',
  'gateway slow': 'the provider or the carrier exceeds the call timeout of a batch',
  'answer lost': 'the provider or the carrier executes a call, and the answer is lost',
  garbage: 'a record on a topic is no event',
  'record unreadable': 'a record on a topic has bytes that a reader cannot decode',
  'upcaster throws': 'an event of an old version has data that its upcaster does not expect',
  'row held': 'another session holds a row: every lock attempt times out (55P03)',
  'state unreadable': 'a row has a value that its store cannot read',
  'outbox row unreadable': 'an outbox has a row that no relay can read',
  'parked row unreadable': 'a due parked message is no record',
  'dead letters refused': 'the dead-letter topic is missing',
  'table gone': 'a table is missing (42P01)',
  'database read-only': 'a database becomes read-only (25006), permanently so for open connections',
  'commit rolled back': 'a transaction is rolled back at its commit, and only the command tag shows it',
  'commit in doubt': 'a connection is lost at the commit, and the database decides the transaction later',
} as const satisfies Record<string, string>;

export type FaultKind = keyof typeof FAULT_KINDS;

/** Faults that concern one input or one row: orders without relation to it must continue. */
export const NARROW_KINDS = [
  'garbage',
  'record unreadable',
  'upcaster throws',
  'row held',
  'state unreadable',
  'outbox row unreadable',
  'parked row unreadable',
  'dead letters refused',
] as const satisfies readonly FaultKind[];

/** One fault. `where` selects its target among the existing ones. */
export interface Fault {
  readonly kind: FaultKind;
  /** Milliseconds since the beginning; the earliest time of a fault that waits for a situation. */
  readonly atMs: number;
  readonly where: number;
  /** Its duration. */
  readonly forMs: number;
  /** The crash point and the number of passages, for a fault that waits for them. */
  readonly point: CrashPoint;
  readonly passage: number;
}

/** The plan of a run: orders by their number, and faults. */
export interface Plan {
  readonly seed: number;
  /** Only {@link NARROW_KINDS}, so that all unrelated orders must end as without faults. */
  readonly isNarrow: boolean;
  /** The number of orders in the whole plan; stock and the length of the run derive from it. */
  readonly count: number;
  readonly orders: readonly number[];
  readonly faults: readonly Fault[];
  /** The numbers of these faults in the whole plan. */
  readonly faultNumbers: readonly number[];
}

/** A thousand orders arrive within ten seconds. */
const BETWEEN_ORDERS_MS = 10;
/** Minimum duration, so that faults occur while few orders are placed. */
const LEAST_MS = 4_000;
/** Longer than a deadline, so that faults occur while one passes. */
const FAULTS_AFTER_LAST_ORDER_MS = 13_000;
/** Maximum pause between two faults; the average is half of it. */
const MOST_PAUSE_MS = 500;
const LONGEST_MS = 4_000;
const MOST_PASSAGES = 4;
const POINTS = Object.keys(CRASH_POINTS) as CrashPoint[];
const KINDS = Object.keys(FAULT_KINDS) as FaultKind[];
/** One in this many faults is a crash at a crash point, for any other draw. */
const CRASH_ONE_IN = 3;
/** One in this many seeds has only narrow faults. */
const NARROW_ONE_IN = 4;
/** Additional duration of a narrow fault: a saga that waited for its end would be late. */
const NARROW_LASTS_MS = 8_000;

/** The time until the last order, in ms. */
export const lastOrderAtMs = (count: number): number => Math.max(LEAST_MS, count * BETWEEN_ORDERS_MS);
/** No fault occurs after this time, in ms. */
export const faultsUntilMs = (count: number): number => lastOrderAtMs(count) + FAULTS_AFTER_LAST_ORDER_MS;

/** Derives the plan of a seed for a number of orders. */
export function planOf(seed: number, count: number): Plan {
  const chance = Chance.of(seed, 'plan');
  const isNarrow = seed % NARROW_ONE_IN === 0;
  const faults: Fault[] = [];
  for (
    let atMs = chance.between(1, MOST_PAUSE_MS);
    atMs < faultsUntilMs(count);
    atMs += chance.between(1, MOST_PAUSE_MS)
  ) {
    faults.push({
      kind: isNarrow ? chance.pick(NARROW_KINDS) : chance.oneIn(CRASH_ONE_IN) ? 'crash' : chance.pick(KINDS),
      atMs,
      where: chance.between(0, 1_000_000),
      forMs: chance.between(100, LONGEST_MS) + (isNarrow ? NARROW_LASTS_MS : 0),
      point: chance.pick(POINTS),
      passage: chance.between(1, MOST_PASSAGES),
    });
  }
  return { seed, isNarrow, count, faults, orders: upTo(count), faultNumbers: upTo(faults.length) };
}

/** The plan with only these orders and faults; undefined: all of them. */
export function restricted(plan: Plan, orders?: readonly number[], faults?: readonly number[]): Plan {
  const remaining = (faults ?? upTo(plan.faults.length)).filter((at) => at < plan.faults.length);
  return {
    ...plan,
    orders: (orders ?? plan.orders).filter((nth) => nth < plan.count),
    faults: remaining.map((at) => plan.faults[at]!),
    faultNumbers: remaining.map((at) => plan.faultNumbers[at]!),
  };
}

/** Describes a fault and its time. */
export function faultInWords({ kind, atMs, forMs, point, passage }: Fault): string {
  const at = `from ${atMs} ms`;
  if (kind === 'crash') return `${at}: a process dies at ${point}, at passage ${passage}`;
  if (kind === 'rebalance in a batch') return `${at}: the partitions of a group are reassigned during a batch`;
  return `${at}: ${kind} (${forMs} ms): ${FAULT_KINDS[kind]}`;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
