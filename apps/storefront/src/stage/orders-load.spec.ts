import { describe, expect, it } from '@jest/globals';
import { kindsOf, USUAL_SHARES } from './orders-load.js';

describe('the kinds of a load', () => {
  it('are those that have a share', () => {
    expect(kindsOf({ 'on account': 3, 'by card': 0 }, false).map(({ name, share }) => [name, share])).toEqual([
      ['on account', 3],
    ]);
  });

  it('are half undeliverable when orders go astray', () => {
    const kinds = kindsOf(USUAL_SHARES, true);
    const whole = kinds.reduce((sum, { share }) => sum + share, 0);
    const astray = kinds.find(({ name }) => name === 'undeliverable')!.share;
    expect(astray / whole).toBeCloseTo(0.52, 2);
    expect(kindsOf({ 'by card': 1 }, true).map(({ name, share }) => [name, share])).toEqual([
      ['by card', 1],
      ['undeliverable', 1],
    ]);
  });
});
