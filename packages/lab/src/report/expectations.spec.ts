import { describe, expect, it } from '@jest/globals';
import type { Measured } from '../measure/measure.js';
import { unmetExpectations } from './expectations.js';

/** A run on a machine that is too slow to serve an order in 2 s. */
const slow = (changes: Partial<Measured>): Measured => ({
  orders: 40,
  heldSeconds: 40,
  livingHeldSeconds: 2.5,
  blocked: 0,
  hotServed: 0,
  coldServed: 0,
  completed: { hot: 1, cold: 1 },
  cancelled: {},
  open: 0,
  split: 0,
  inconsistentMs: { p50: 2_000, p99: 5_000, max: 9_000 },
  compensated: 0,
  lost: 0,
  leaked: 0,
  recoverySeconds: 50,
  latencyMs: { p50: 4_000, p99: 9_000 },
  perOrder: { calls: 8, commits: 10, walBytes: 7_000 },
  promises: [],
  ...changes,
});
const BLOCKED = { blocked: 4, completed: { hot: 0, cold: 1 } };

describe('the expectations of a run', () => {
  it.each([
    ['two-phase-commit', BLOCKED],
    ['two-phase-commit on kafka', {}],
    ['three-phase-commit', {}],
    ['unprotected', { open: 1 }],
  ] as const)('do not depend on the pace of the machine: %s', (protocol, changes) => {
    expect(unmetExpectations(protocol, 'driver-dies', slow(changes))).toEqual([]);
  });

  it.each([
    ['two-phase-commit', { ...BLOCKED, blocked: 0 }, 'locks wait for the repair'],
    ['two-phase-commit', { ...BLOCKED, completed: { hot: 1, cold: 1 } }, 'no hot order completes during the fault'],
    ['two-phase-commit', { ...BLOCKED, completed: { hot: 0, cold: 0 } }, 'cold orders complete during the fault'],
    ['two-phase-commit on kafka', { blocked: 1 }, 'no lock waits for the repair'],
    ['two-phase-commit', { ...BLOCKED, split: 1 }, 'split 0'],
    ['unprotected', {}, 'split or open orders ≥ 1'],
  ] as const)('are not met: %s with %j', (protocol, changes, what) => {
    expect(unmetExpectations(protocol, 'driver-dies', slow(changes))).toEqual([what]);
  });

  it('let an order be committed in part while the coordinator is down, and end it then', () => {
    const seen = { ...BLOCKED, inconsistentMs: { p50: 5, p99: 20, max: 10_400 } };
    expect(unmetExpectations('two-phase-commit', 'driver-dies,half-committed', slow(seen))).toEqual([]);
    const atomic = { ...seen, inconsistentMs: { p50: 5, p99: 20, max: 8_000 } };
    expect(unmetExpectations('two-phase-commit', 'driver-dies,half-committed', slow(atomic))).toEqual([
      'an order is committed in part for 9 s',
    ]);
  });

  it('include a split of three-phase commit, unless a timeout of a participant was too early', () => {
    const split = { split: 1, promises: [{ promise: '2.', holds: false, checked: {}, violations: ['one'] }] };
    expect(unmetExpectations('three-phase-commit', 'driver-dies', slow(split))).toHaveLength(2);
    expect(unmetExpectations('three-phase-commit', 'driver-dies', slow({ ...split, livingHeldSeconds: 3.1 }))).toEqual(
      [],
    );
  });
});
