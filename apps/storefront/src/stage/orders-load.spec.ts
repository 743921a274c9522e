import { describe, expect, it } from '@jest/globals';
import { ShopClient, USUAL_SHARES } from '@quadrille/load';
import { KINDS, kindsOf, OrdersLoad } from './orders-load.js';

describe('the load on the stage', () => {
  const nowhere = 'http://127.0.0.1:9';
  const resting = () => new OrdersLoad(new ShopClient({ order: nowhere, payment: nowhere, inventory: nowhere }));
  const mixOf = (load: OrdersLoad) => load.state().shares;
  const nothing = Object.fromEntries(KINDS.map((kind) => [kind, 0]));

  it('preserves omitted values: a change of the rate does not affect the mix', () => {
    const load = resting();
    const onlyByCard = { ...nothing, 'by card': 7 };
    expect(load.change({ shares: onlyByCard })).toBe(true);
    expect(load.change({ ordersPerSecond: 0 })).toBe(true);
    expect(mixOf(load)).toEqual(onlyByCard);
    expect(load.change({ shares: { 'on account': 2 } })).toBe(true);
    expect(mixOf(load)).toEqual({ ...onlyByCard, 'on account': 2 });
  });

  it('rejects an empty mix, and is unchanged', () => {
    const load = resting();
    expect(load.change({ ordersPerSecond: 5, shares: nothing })).toBe(false);
    expect(load.state()).toMatchObject({ ordersPerSecond: 0, shares: USUAL_SHARES });
  });
});

describe('the kinds of a load', () => {
  it('are those with a share', () => {
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
