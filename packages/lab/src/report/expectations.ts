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
/** The fault lasts 10 s, and the second commit comes after its repair. */
const apart: Expectation = {
  what: 'an order is committed in part for 9 s',
  holds: (m) => m.inconsistentMs.max >= 9_000,
};
const noneSplit: Expectation = { what: 'split 0', holds: (m) => m.split === 0 && m.open === 0 };
const splitOrOpen: Expectation = { what: 'split or open orders ≥ 1', holds: (m) => m.split + m.open >= 1 };
const split: Expectation = { what: 'split ≥ 1', holds: (m) => m.split >= 1 };
const allHold: Expectation = { what: 'all promises hold', holds: (m) => m.promises.every(({ holds }) => holds) };

const leaks: Expectation = { what: 'a card charged for nothing', holds: (m) => m.leaked >= 1 };
const noLeak: Expectation = { what: 'no card charged for nothing', holds: (m) => m.leaked === 0 };
const shows: Expectation = { what: 'cancelled orders had visible effects', holds: (m) => m.compensated > 0 };
const hides: Expectation = { what: 'no cancelled order had a visible effect', holds: (m) => m.compensated === 0 };

/** Three-phase commit promises nothing on a network in which a timeout is too early, as on a machine that is too slow. */
const ifSynchronous = ({ what, holds }: Expectation): Expectation => ({
  what: `${what}, with no timeout too early`,
  holds: (m) => holds(m) || m.livingHeldSeconds * 1_000 >= IN_DOUBT_MS,
});

type Expectations = Partial<Record<Fault, readonly Expectation[]>>;

/** Nothing is locked while a coordinator, a service or the network is away, and all orders end. */
const SAGA: Expectations = {
  none: [unlocked, noneSplit, allHold],
  'driver-dies': [unlocked, servesHot, servesCold, noneSplit, allHold],
  'driver-stops': [unlocked, noneSplit, allHold],
  'service-dies': [unlocked, noneSplit, allHold],
  'databases-die': [unlocked, noneSplit, allHold],
  partition: [unlocked, noneSplit, allHold],
  slow: [unlocked, noneSplit, allHold],
  outside: [noLeak, shows, noneSplit, allHold],
};

/** All orders end as they should, and none is visible in part. A database or a service that is down stops every order that needs it. */
const ATOMIC = [hides, noneSplit, allHold];
const TWO_PHASE: Expectations = {
  none: ATOMIC,
  'driver-dies': [blocks, stopsHot, servesCold, ...ATOMIC],
  'driver-dies,half-committed': [blocks, apart, stopsHot, servesCold, ...ATOMIC],
  'driver-stops': [blocks, ...ATOMIC],
  partition: ATOMIC,
  slow: ATOMIC,
  'service-dies': ATOMIC,
  'databases-die': ATOMIC,
  outside: [leaks, hides],
};
const SYNCHRONOUS = [ifSynchronous(noneSplit), ifSynchronous(allHold)];

/** By protocol, variant and fault. A cell without expectations is measured only: nothing is certain there. */
const EXPECTED: Readonly<Record<string, Expectations>> = {
  // The payment is captured before any call to the participants behind the partition, or to shipping.
  unprotected: { 'driver-dies': [splitOrOpen], partition: [split], outside: [leaks] },
  'two-phase-commit': TWO_PHASE,
  'two-phase-commit on kafka': {
    ...TWO_PHASE,
    'driver-dies': [releases, servesHot, servesCold, ...ATOMIC],
    'driver-dies,half-committed': [releases, servesHot, servesCold, ...ATOMIC],
    'driver-stops': [releases, ...ATOMIC],
    'brokers-die': [blocks, stopsAll, ...ATOMIC],
  },
  // A partition, or a database that is down, is longer than its timeouts.
  'three-phase-commit': {
    none: SYNCHRONOUS,
    'driver-dies': [releases, servesCold, ...SYNCHRONOUS],
    'driver-stops': [releases, ...SYNCHRONOUS],
    'driver-dies,partition': [split],
    slow: SYNCHRONOUS,
    'service-dies': SYNCHRONOUS,
    outside: [leaks, hides],
  },
  choreography: SAGA,
  'orchestrated-saga': SAGA,
  'try-confirm-cancel': SAGA,
  // The driver has confirmed the payment; the other reservations expire before the takeover: an operator must act.
  'try-confirm-cancel with a short expiry': { 'driver-stops': [splitOrOpen] },
  // It completes orders that payment or shipping could not process.
  '0.5PS': { none: SAGA.none!, 'driver-dies': SAGA['driver-dies']!, 'service-dies': [split], outside: [split] },
  // Its customers are answered before the parcel is refused: an operator must act.
  '1.5PS': { ...SAGA, outside: [splitOrOpen] },
  '2PS': SAGA,
  '3PS': SAGA,
  '3PS-reserving': SAGA,
  '2PS-OV': SAGA,
  adaptive: SAGA,
};

/** The end of the name of a cell whose participants vote at once. */
export const IN_PARALLEL = 'in parallel';

const expectedOf = (cell: string, fault: Fault): readonly Expectation[] =>
  EXPECTED[cell.replace(` ${IN_PARALLEL}`, '')]?.[fault] ?? [];

/** The expectations that a run did not meet; empty if it met all. */
export function unmetExpectations(cell: string, fault: Fault, seen: Measured): string[] {
  return expectedOf(cell, fault)
    .filter(({ holds }) => !holds(seen))
    .map(({ what }) => what);
}

/** The results that a run of this cell must show; empty if it is measured only. */
export const expectations = (cell: string, fault: Fault): string[] => expectedOf(cell, fault).map(({ what }) => what);
