import { describe, expect, it } from '@jest/globals';
import { isSound, summarize } from './summary.js';

const NOW = Date.parse('2026-01-01T10:00:00Z');
const fired = (orderId: string, ends: 'COMPLETED' | 'CANCELLED') => ({ orderId, kind: 'by card', ends, dueAt: NOW });
const ended = (orderId: string, status: string, reason: string | null) =>
  ({ orderId, status, reason, endedAt: NOW + 1_000 }) as never;

describe('the summary of a run', () => {
  it('counts orders that their deadline cancelled on a busy machine, and stays sound', () => {
    const summary = summarize([fired('a', 'COMPLETED')], [ended('a', 'CANCELLED', 'deadline-passed')], []);
    expect(summary.orders).toMatchObject({ byEnding: { CANCELLED: 1 }, overdue: 1, unexpected: [] });
    expect(isSound(summary)).toBe(true);
  });

  it('is not sound if an order ends differently than expected, or is lost', () => {
    const refused = summarize([fired('a', 'COMPLETED')], [ended('a', 'CANCELLED', 'out-of-stock')], []);
    expect(refused.orders.unexpected).toEqual(['a (by card) is CANCELLED, expected COMPLETED']);
    expect(isSound(refused)).toBe(false);
    expect(isSound(summarize([fired('a', 'CANCELLED')], [], []))).toBe(false);
  });

  it('is not sound if a promise is broken', () => {
    const broken = { promise: 'no money is lost', holds: false, checked: {}, violations: ['a penny'] };
    expect(isSound(summarize([], [], [broken] as never))).toBe(false);
  });
});
