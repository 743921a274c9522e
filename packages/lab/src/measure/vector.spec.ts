import { describe, expect, it } from '@jest/globals';
import { COMMITS } from '../protocol.js';
import type { Measured } from './measure.js';
import { vectorOf } from './vector.js';

const holding = { promise: 'per SKU: …', holds: true, checked: {}, violations: [] };
const seen = (changes: Partial<Measured>): Measured => ({
  orders: 100,
  heldSeconds: 0,
  livingHeldSeconds: 0,
  blocked: 0,
  hotServed: 1,
  coldServed: 1,
  completed: { hot: 30, cold: 30 },
  cancelled: {},
  open: 0,
  split: 0,
  inconsistentMs: { p50: 5, p99: 20, max: 30 },
  compensated: 0,
  lost: 0,
  leaked: 0,
  recoverySeconds: 0,
  latencyMs: { p50: 20, p99: 60 },
  perOrder: { calls: 8, commits: 10, walBytes: 7_000 },
  promises: [holding],
  ...changes,
});

describe('the measured vector', () => {
  it('is that of a commit protocol if no partial effects were visible', () => {
    expect(vectorOf(seen({}), 'driver-dies')).toEqual({
      ...COMMITS,
      scope: 'not measured',
      availability: 'does not block',
    });
  });

  it('blocks if locks from before the fault were held at its end, however long that took', () => {
    expect(vectorOf(seen({ heldSeconds: 9.9, blocked: 4 }), 'driver-dies').availability).toBe('blocks');
    expect(vectorOf(seen({ heldSeconds: 9.9 }), 'driver-dies').availability).toBe('does not block');
  });

  it('is eventual if effects were compensated after they were visible, or far apart in time', () => {
    expect(vectorOf(seen({ compensated: 0.1 }), 'none')).toMatchObject({
      atomicity: 'eventual',
      isolation: 'semantic locks',
    });
    expect(vectorOf(seen({ inconsistentMs: { p50: 5, p99: 20, max: 1_001 } }), 'none').atomicity).toBe('eventual');
  });

  it('is `none` if orders are split or rows are wrong', () => {
    expect(vectorOf(seen({ split: 1 }), 'none').atomicity).toBe('none');
    expect(vectorOf(seen({ promises: [{ ...holding, holds: false }] }), 'none').isolation).toBe('none');
  });

  it('limits the scope to databases if a card is charged for no order', () => {
    expect(vectorOf(seen({ leaked: 1, split: 1 }), 'outside')).toMatchObject({
      scope: 'databases',
      atomicity: 'all or nothing',
      consistency: 'kept',
    });
    expect(vectorOf(seen({}), 'outside').scope).toBe('outside world');
  });

  it('is `lost` if an acknowledged order is missing, and asynchronous without calls', () => {
    expect(vectorOf(seen({ lost: 1 }), 'databases-die').durability).toBe('lost');
    const perOrder = { calls: 0, commits: 10, walBytes: 7_000 };
    expect(vectorOf(seen({ perOrder }), 'none').coordination).toBe('asynchronous');
  });
});
