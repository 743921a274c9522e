import { describe, expect, it } from '@jest/globals';
import { simulate } from './simulate.js';

const ORDERS = 10;

/** For three simulations in a row, which depend only on the speed of the machine. */
const THREE_SYSTEMS_MS = 30_000;

describe('the simulated system', () => {
  it(
    'has the same history to the last event for the same seed, and another for another',
    async () => {
      const [one, again, other] = [await simulate(7, ORDERS), await simulate(7, ORDERS), await simulate(8, ORDERS)];
      expect(one.violations).toEqual([]);
      expect(again).toEqual(one);
      expect(other.fingerprint).not.toBe(one.fingerprint);
    },
    THREE_SYSTEMS_MS,
  );

  it('restores time and randomness', async () => {
    const [date, random, timeout] = [Date, Math.random, setTimeout];
    await simulate(1, 1);
    expect([Date, Math.random, setTimeout]).toEqual([date, random, timeout]);
  });
});
