import type { Measured } from '../measure/measure.js';
import type { Fault } from '../run/faults.js';

/** A result that a run must show: a strength, or a known weakness without which the lab itself would be broken. */
interface Expectation {
  readonly what: string;
  readonly holds: (seen: Measured) => boolean;
}

const held = (least: number): Expectation => ({ what: `held ≥ ${least} s`, holds: (m) => m.heldSeconds >= least });
const heldAtMost = (most: number): Expectation => ({ what: `held ≤ ${most} s`, holds: (m) => m.heldSeconds <= most });
const hotAtMost = (most: number): Expectation => ({
  what: `hot served ≤ ${most * 100} %`,
  holds: (m) => m.hotServed <= most,
});
const hotAtLeast = (least: number): Expectation => ({
  what: `hot served ≥ ${least * 100} %`,
  holds: (m) => m.hotServed >= least,
});
const coldAtLeast = (least: number): Expectation => ({
  what: `cold served ≥ ${least * 100} %`,
  holds: (m) => m.coldServed >= least,
});
const unsplit: Expectation = { what: 'split 0', holds: (m) => m.split === 0 && m.open === 0 };
const torn: Expectation = { what: 'split or open orders ≥ 1', holds: (m) => m.split + m.open >= 1 };
const split: Expectation = { what: 'split ≥ 1', holds: (m) => m.split >= 1 };
const kept: Expectation = { what: 'all promises hold', holds: (m) => m.promises.every(({ holds }) => holds) };

const leaks: Expectation = { what: 'a card charged for nothing', holds: (m) => m.leaked >= 1 };
const noLeak: Expectation = { what: 'no card charged for nothing', holds: (m) => m.leaked === 0 };

type Expectations = Partial<Record<Fault | 'driver-dies,partition', readonly Expectation[]>>;

/** Nothing is locked while a coordinator, a service or the network is away, and all orders end. */
const SAGA: Expectations = {
  none: [heldAtMost(0), unsplit, kept],
  'driver-dies': [heldAtMost(0), unsplit, kept],
  'driver-stops': [heldAtMost(0), unsplit, kept],
  'service-dies': [heldAtMost(0), unsplit, kept],
  'databases-die': [heldAtMost(0), unsplit, kept],
  partition: [heldAtMost(0), unsplit, kept],
  slow: [heldAtMost(0), unsplit, kept],
  outside: [noLeak, unsplit, kept],
};

/** By protocol, variant and fault. A cell without expectations is measured only. */
const EXPECTED: Readonly<Record<string, Expectations>> = {
  unprotected: { 'driver-dies': [torn] },
  'two-phase-commit': {
    none: [unsplit, kept],
    'driver-dies': [held(9), hotAtMost(0.05), coldAtLeast(0.8), unsplit, kept],
    'driver-stops': [held(5), unsplit, kept],
    partition: [unsplit, kept],
    'service-dies': [unsplit, kept],
    'databases-die': [unsplit, kept],
    slow: [unsplit, kept],
    outside: [leaks],
  },
  'two-phase-commit on kafka': {
    none: [unsplit, kept],
    'driver-dies': [heldAtMost(5), hotAtLeast(0.5), coldAtLeast(0.8), unsplit, kept],
    'driver-stops': [heldAtMost(5), unsplit, kept],
    'brokers-die': [held(9), unsplit, kept],
  },
  'three-phase-commit': {
    none: [unsplit, kept],
    'driver-dies': [heldAtMost(6), unsplit, kept],
    'driver-dies,partition': [split],
    slow: [unsplit, kept],
    outside: [leaks],
  },
  choreography: {
    none: [heldAtMost(0), unsplit, kept],
    'driver-dies': [heldAtMost(0), unsplit, kept],
    'service-dies': [heldAtMost(0), unsplit, kept],
    'driver-stops': [heldAtMost(0), unsplit, kept],
    'databases-die': [heldAtMost(0), unsplit, kept],
    outside: [noLeak, unsplit, kept],
  },
  'orchestrated-saga': SAGA,
  'try-confirm-cancel': { none: SAGA.none!, 'driver-dies': SAGA['driver-dies']!, outside: SAGA.outside! },
  '1.5PS': { none: SAGA.none!, 'driver-dies': SAGA['driver-dies']! },
  '2PS': SAGA,
  '3PS': { none: SAGA.none!, 'driver-dies': SAGA['driver-dies']! },
  '3PS-reserving': SAGA,
  '2PS-OV': { none: SAGA.none!, 'driver-dies': SAGA['driver-dies']! },
};

/** The expectations that a run did not meet; empty if it met all. */
export function surprises(cell: string, fault: string, seen: Measured): string[] {
  const expected = EXPECTED[cell]?.[fault as Fault] ?? [];
  return expected.filter(({ holds }) => !holds(seen)).map(({ what }) => what);
}

export const isExpected = (cell: string, fault: string): boolean => (EXPECTED[cell]?.[fault as Fault]?.length ?? 0) > 0;
