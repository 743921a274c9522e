import { describe, expect, it } from '@jest/globals';
import { divideBudget } from './divide-budget.js';

describe('a budget', () => {
  it('covers all demands when it is sufficient', () => {
    expect(divideBudget([3, 0, 5], 10)).toEqual([3, 0, 5]);
  });

  it('gives a backlog only the rest that others leave', () => {
    expect(divideBudget([4_000, 2, 1], 500)).toEqual([497, 2, 1]);
  });

  it('is used up to the last record', () => {
    expect(divideBudget([100, 100, 100], 10)).toEqual([4, 3, 3]);
  });

  it('covers some demands if there are more of them than units', () => {
    expect(divideBudget([9, 9, 9], 2)).toEqual([1, 1, 0]);
  });
});
