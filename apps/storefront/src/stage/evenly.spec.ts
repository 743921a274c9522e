import { describe, expect, it } from '@jest/globals';
import { evenly } from './evenly.js';

describe('an even sample', () => {
  it.each([
    ['takes all of few', 10, 13, 5, [11, 12, 13]],
    ['spreads over many', 0, 1_000, 4, [250, 500, 750, 1_000]],
    ['is empty if nothing is new', 7, 7, 5, []],
  ])('%s', (_, after, upTo, count, expected) => {
    expect(evenly(after, upTo, count)).toEqual(expected);
  });

  it('contains no number twice', () => {
    const chosen = evenly(3, 100, 60);
    expect(new Set(chosen).size).toBe(60);
    expect([Math.min(...chosen) > 3, chosen.at(-1)]).toEqual([true, 100]);
  });
});
