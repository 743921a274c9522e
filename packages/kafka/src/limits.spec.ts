import { describe, expect, it } from '@jest/globals';
import { backoffMs } from './limits.js';

describe('the wait before another attempt', () => {
  it('doubles up to its cap', () => {
    const longest = [0, 1, 2, 3, 4, 5].map((attempt) => backoffMs(attempt, 100, 1_000, () => 1));
    expect(longest).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('is any time from zero to the longest', () => {
    expect(backoffMs(3, 100, 1_000, () => 0)).toBe(0);
    expect(backoffMs(3, 100, 1_000, () => 0.5)).toBe(400);
  });

  it('stays at its cap for any number of attempts', () => {
    expect(backoffMs(1e9, 100, 5_000, () => 1)).toBe(5_000);
  });
});
