import { describe, expect, it } from '@jest/globals';
import { evenly, ratesOf } from './saga-numbers.js';

describe('the rates of the stage', () => {
  it('sum emissions by step and by service', () => {
    const rates = ratesOf({
      'place-order OrderCreated': 10,
      'authorize-payment PaymentAuthorized': 8,
      'authorize-payment PaymentFailed': 2,
      'complete-order OrderCompleted': 7.5,
      'cancel-order OrderCancelled': 2.1,
    });
    expect(rates).toEqual({
      eventsPerSecond: 29.6,
      begunPerSecond: 10,
      endedPerSecond: 9.6,
      byService: { order: 19.6, payment: 10 },
      byStep: { 'place-order': 10, 'authorize-payment': 10, 'complete-order': 7.5, 'cancel-order': 2.1 },
    });
  });

  it('are empty without emissions', () => {
    expect(ratesOf({})).toEqual({
      eventsPerSecond: 0,
      begunPerSecond: 0,
      endedPerSecond: 0,
      byService: {},
      byStep: {},
    });
  });
});

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
