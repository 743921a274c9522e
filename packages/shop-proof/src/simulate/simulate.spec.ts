import { describe, expect, it } from '@jest/globals';
import { simulate } from './simulate.js';

const ORDERS = 10;

/** It waits for nothing: three systems in a row are a matter of the machine. */
const THREE_SYSTEMS_MS = 30_000;

describe('the simulated system', () => {
  it(
    'goes the same way to the last event for the same seed, and another for another',
    async () => {
      const [one, again, other] = [await simulate(7, ORDERS), await simulate(7, ORDERS), await simulate(8, ORDERS)];
      expect(one.violations).toEqual([]);
      expect(again).toEqual(one);
      expect(other.fingerprint).not.toBe(one.fingerprint);
    },
    THREE_SYSTEMS_MS,
  );

  it('gives time and randomness back', async () => {
    const [date, random, timeout] = [Date, Math.random, setTimeout];
    await simulate(1, 1);
    expect([Date, Math.random, setTimeout]).toEqual([date, random, timeout]);
  });
});
