import { describe, expect, it } from '@jest/globals';
import { Sliding } from './sliding.js';

describe('a count of the last seconds', () => {
  it('is a rate over the observed time', () => {
    const sliding = new Sliding(5);
    sliding.add(1_000, 1_000, { a: 10 });
    sliding.add(3_000, 2_000, { a: 20, b: 1 });
    expect(sliding.rates()).toEqual({ a: 10, b: 0.3 });
    expect(sliding.totals()).toEqual({ a: 30, b: 1 });
  });

  it('is discarded when it is older than the window', () => {
    const sliding = new Sliding(5);
    sliding.add(1_000, 1_000, { a: 10 });
    sliding.add(6_000, 1_000, {});
    expect(sliding.rates()).toEqual({});
  });

  it('is empty before the first observation', () => {
    expect(new Sliding(5).rates()).toEqual({});
  });
});
