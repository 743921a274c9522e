import { CRASH_POINTS, type CrashPoint } from '@quadrille/crash-points';
import { Chance } from './chance.js';

/** Everything that goes wrong in a simulated system, each with what it does. */
export const FAULT_KINDS = {
  crash: 'a process dies at a named point',
  kill: 'a process dies wherever it is',
  freeze: 'a process stands still, longer than its group waits for it, and goes on as if nothing had been',
  rebalance: 'the partitions of a group are dealt anew',
  'rebalance in a batch': 'the same, while a batch is in its transaction',
  'slow partition': 'the records of one partition wait, the others go on',
  redelivery: 'a group hears again what it has committed',
  'broker away': 'nothing can be sent or fetched',
  'acknowledgement lost': 'what was sent is on its topic, and the relay is told that it is not',
  'database away': 'nobody can connect to a database',
  'connection lost': 'a transaction breaks off at some statement',
  'commit unanswered': 'a transaction is committed, and its process is told that it is not',
  conflict: 'a transaction is refused at its commit',
  'clock jump': "a database's clock is wrong",
  'outside away': 'the provider or the carrier cannot be reached',
  'outside slow': 'the provider or the carrier takes longer than a batch waits',
  'answer lost': 'the provider or the carrier did as it was asked, and the answer is lost',
  garbage: 'something is on a topic that is no event',
  'record unreadable': 'a record is on a topic whose bytes a reader cannot make sense of',
  'upcaster throws': 'an event of an old version is on a topic, with data that its upcaster does not expect',
  'row held': 'somebody else holds a row: whoever wants to lock it waits in vain (55P03)',
  'state unreadable': 'a row holds what its store cannot read',
  'outbox row unreadable': 'a row is in an outbox that no relay can read',
  'parked row unreadable': 'a message is parked that is no record, and its time has come',
  'dead letters refused': 'there is no dead-letter topic',
  'table gone': 'a table is not there (42P01)',
  'database read-only': 'a database takes no writes (25006), and connections that were open then never do again',
  'commit rolled back': "a transaction is rolled back at its commit, and nothing but the answer's tag says so",
  'commit in doubt': 'a connection is lost at the commit, and the database decides later what became of it',
} as const satisfies Record<string, string>;

export type FaultKind = keyof typeof FAULT_KINDS;

/** What concerns one input or one row: while it lasts, the orders that have nothing to do with it go on. */
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

/** One thing that goes wrong. What it hits follows from `where`, whatever there is to be hit. */
export interface Fault {
  readonly kind: FaultKind;
  /** Milliseconds from the beginning: from here on, where it waits for a situation. */
  readonly atMs: number;
  readonly where: number;
  /** How long it lasts. */
  readonly forMs: number;
  /** Where it waits for a passage of a crash point: which, and how many of them. */
  readonly point: CrashPoint;
  readonly passage: number;
}

/** What is to happen in a run: orders by their number, and faults. */
export interface Plan {
  readonly seed: number;
  /** Nothing goes wrong but {@link NARROW_KINDS}, so that all other orders must end as if nothing had been. */
  readonly isNarrow: boolean;
  /** How many orders the whole plan has; stock and the length of the run follow from it. */
  readonly count: number;
  readonly orders: readonly number[];
  readonly faults: readonly Fault[];
  /** The numbers of these faults in the whole plan. */
  readonly faultNumbers: readonly number[];
}

/** So a thousand orders come within ten seconds. */
const BETWEEN_ORDERS_MS = 10;
/** Few orders take their time as well: something is to go wrong while they are placed. */
const LEAST_MS = 4_000;
/** Longer than a deadline: something is to go wrong while one passes. */
const FAULTS_AFTER_LAST_ORDER_MS = 13_000;
/** Between two faults, on average half of it. */
const MOST_PAUSE_MS = 500;
const LONGEST_MS = 4_000;
const MOST_PASSAGES = 4;
const POINTS = Object.keys(CRASH_POINTS) as CrashPoint[];
const KINDS = Object.keys(FAULT_KINDS) as FaultKind[];
/** Of so many faults, one is a crash at a named point whatever else there is. */
const CRASH_ONE_IN = 3;
/** Of so many seeds, one has narrow faults alone. */
const NARROW_ONE_IN = 4;
/** A narrow fault lasts so much longer: whoever waited for its end would be late. */
const NARROW_LASTS_MS = 8_000;

/** How long customers take to send all of it. */
export const lastOrderAtMs = (count: number): number => Math.max(LEAST_MS, count * BETWEEN_ORDERS_MS);
/** After this nothing goes wrong any more. */
export const faultsUntilMs = (count: number): number => lastOrderAtMs(count) + FAULTS_AFTER_LAST_ORDER_MS;

/** All that a seed has in store for so many orders. */
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

/** The same with these orders and faults alone; undefined: all of them. */
export function restricted(plan: Plan, orders?: readonly number[], faults?: readonly number[]): Plan {
  const kept = (faults ?? upTo(plan.faults.length)).filter((at) => at < plan.faults.length);
  return {
    ...plan,
    orders: (orders ?? plan.orders).filter((nth) => nth < plan.count),
    faults: kept.map((at) => plan.faults[at]!),
    faultNumbers: kept.map((at) => plan.faultNumbers[at]!),
  };
}

/** For people: what goes wrong, when. */
export function faultInWords({ kind, atMs, forMs, point, passage }: Fault): string {
  const at = `from ${atMs} ms`;
  if (kind === 'crash') return `${at}: a process dies at ${point}, at passage ${passage}`;
  if (kind === 'rebalance in a batch') return `${at}: a group is dealt anew during a batch`;
  return `${at}: ${kind} (${forMs} ms): ${FAULT_KINDS[kind]}`;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
