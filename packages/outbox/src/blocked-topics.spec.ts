import { describe, expect, it } from '@jest/globals';
import { fullJitter } from './blocked-topics.js';

describe('full jitter', () => {
  const atMost = (attempt: number) => fullJitter(attempt, 100, 5_000, () => 1);

  it('doubles the maximum pause with every failure up to the cap', () => {
    expect([1, 2, 3, 6, 7, 5_000].map(atMost)).toEqual([100, 200, 400, 3_200, 5_000, 5_000]);
  });

  it('spreads pauses from zero to the maximum', () => {
    expect([0, 0.25, 0.999].map((random) => fullJitter(3, 100, 5_000, () => random))).toEqual([0, 100, 399.6]);
  });
});
