import type { Measured } from '../measure/measure.js';
import { IN_DOUBT_MS } from '../protocols/three-phase-commit.js';
import type { Fault } from '../run/faults.js';

/** A result that a run must show: a strength, or a known weakness without which the lab itself would be broken. */
interface Expectation {
  readonly what: string;
  readonly holds: (seen: Measured) => boolean;
}

/** Each one is a fact about causes or order, not about pace: it holds on a machine of any speed. */
const blocks: Expectation = { what: 'locks wait for the repair', holds: (m) => m.blocked > 0 };
const releases: Expectation = { what: 'no lock waits for the repair', holds: (m) => m.blocked === 0 };
const unlocked: Expectation = { what: 'no transaction is prepared', holds: (m) => m.heldSeconds === 0 };
const stopsHot: Expectation = { what: 'no hot order completes during the fault', holds: (m) => m.completed.hot === 0 };
const servesHot: Expectation = { what: 'hot orders complete during the fault', holds: (m) => m.completed.hot > 0 };
const stopsAll: Expectation = {
  what: 'no order completes during the fault',
  holds: ({ completed: { hot, cold } }) => hot + cold === 0,
};
const servesCold: Expectation = { what: 'cold orders complete during the fault', holds: (m) => m.completed.cold > 0 };
const unsplit: Expectation = { what: 'split 0', holds: (m) => m.split === 0 && m.open === 0 };
const torn: Expectation = { what: 'split or open orders ≥ 1', holds: (m) => m.split + m.open >= 1 };
const split: Expectation = { what: 'split ≥ 1', holds: (m) => m.split >= 1 };
const kept: Expectation = { what: 'all promises hold', holds: (m) => m.promises.every(({ holds }) => holds) };

const leaks: Expectation = { what: 'a card charged for nothing', holds: (m) => m.leaked >= 1 };
const noLeak: Expectation = { what: 'no card charged for nothing', holds: (m) => m.leaked === 0 };

/** Three-phase commit promises nothing on a network in which a timeout is too early, as on a machine that is too slow. */
const ifSynchronous = ({ what, holds }: Expectation): Expectation => ({
  what: `${what}, with no timeout too early`,
  holds: (m) => holds(m) || m.livingHeldSeconds * 1_000 >= IN_DOUBT_MS,
});

type Expectations = Partial<Record<Fault | 'driver-dies,partition', readonly Expectation[]>>;

/** Nothing is locked while a coordinator, a service or the network is away, and all orders end. */
const SAGA: Expectations = {
  none: [unlocked, unsplit, kept],
  'driver-dies': [unlocked, servesHot, servesCold, unsplit, kept],
  'driver-stops': [unlocked, unsplit, kept],
  'service-dies': [unlocked, unsplit, kept],
  'databases-die': [unlocked, unsplit, kept],
  partition: [unlocked, unsplit, kept],
  slow: [unlocked, unsplit, kept],
  outside: [noLeak, unsplit, kept],
};

const SYNCHRONOUS = [ifSynchronous(unsplit), ifSynchronous(kept)];

/** By protocol, variant and fault. A cell without expectations is measured only. */
const EXPECTED: Readonly<Record<string, Expectations>> = {
  unprotected: { 'driver-dies': [torn] },
  'two-phase-commit': {
    none: [unsplit, kept],
    'driver-dies': [blocks, stopsHot, servesCold, unsplit, kept],
    'driver-stops': [blocks, unsplit, kept],
    partition: [unsplit, kept],
    'service-dies': [unsplit, kept],
    'databases-die': [unsplit, kept],
    slow: [unsplit, kept],
    outside: [leaks],
  },
  'two-phase-commit on kafka': {
    none: [unsplit, kept],
    'driver-dies': [releases, servesHot, servesCold, unsplit, kept],
    'driver-stops': [releases, unsplit, kept],
    'brokers-die': [blocks, stopsAll, unsplit, kept],
  },
  'three-phase-commit': {
    none: SYNCHRONOUS,
    'driver-dies': [releases, servesCold, ...SYNCHRONOUS],
    'driver-dies,partition': [split],
    slow: SYNCHRONOUS,
    outside: [leaks],
  },
  choreography: SAGA,
  'orchestrated-saga': SAGA,
  'try-confirm-cancel': SAGA,
  // The driver has confirmed the payment; the other reservations expire before the takeover: an operator must act.
  'try-confirm-cancel with a short expiry': { 'driver-stops': [torn] },
  '1.5PS': { none: SAGA.none!, 'driver-dies': SAGA['driver-dies']! },
  '2PS': SAGA,
  '3PS': { none: SAGA.none!, 'driver-dies': SAGA['driver-dies']! },
  '3PS-reserving': SAGA,
  '2PS-OV': { none: SAGA.none!, 'driver-dies': SAGA['driver-dies']! },
};

/** The end of the name of a cell whose participants vote in order. It meets the expectations of the same cell with parallel votes. */
export const IN_ORDER = 'in order';

const expectedOf = (cell: string, fault: string): readonly Expectation[] =>
  EXPECTED[cell.replace(` ${IN_ORDER}`, '')]?.[fault as Fault] ?? [];

/** The expectations that a run did not meet; empty if it met all. */
export function surprises(cell: string, fault: string, seen: Measured): string[] {
  return expectedOf(cell, fault)
    .filter(({ holds }) => !holds(seen))
    .map(({ what }) => what);
}

export const isExpected = (cell: string, fault: string): boolean => expectedOf(cell, fault).length > 0;
