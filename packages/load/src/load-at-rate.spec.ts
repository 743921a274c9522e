import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Load, loadAtRate, MAX_UNANSWERED_ORDERS } from './load-at-rate.js';
import { PEOPLE } from './people.js';
import type { ShopClient } from './shop-client.js';

const shopThat = (placeOrder: () => Promise<object>) => ({ placeOrder }) as unknown as ShopClient;
const accepting = shopThat(async () => ({ status: 202, body: { orderId: 'o' } }));
const KIND = { name: 'any', share: 1, ends: 'COMPLETED', body: () => ({}) as never } as const;

describe('a load at a rate', () => {
  let load: Load;
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('places orders at the rate, regardless of the answers', async () => {
    load = loadAtRate(accepting, PEOPLE, { ordersPerSecond: 25, kinds: [KIND] });
    await jest.advanceTimersByTimeAsync(4_000);
    expect(load.counts()).toMatchObject({ accepted: 100, failed: 0, leftOut: 0 });
    await load.stop();
  });

  it('changes its rate while it runs, and pauses at rate 0', async () => {
    load = loadAtRate(accepting, PEOPLE, { ordersPerSecond: 10, kinds: [KIND] });
    await jest.advanceTimersByTimeAsync(1_000);
    load.change({ ordersPerSecond: 0 });
    await jest.advanceTimersByTimeAsync(5_000);
    expect(load.counts().accepted).toBe(10);
    load.change({ ordersPerSecond: 50, kinds: [KIND] });
    await jest.advanceTimersByTimeAsync(1_000);
    expect(load.counts().accepted).toBe(60);
    await load.stop();
  });

  it('continues when orders are rejected, and reports number and cause', async () => {
    const shop = shopThat(async () => ({ status: 503, body: { detail: 'away' } }));
    load = loadAtRate(shop, PEOPLE, { ordersPerSecond: 10, kinds: [KIND] });
    await jest.advanceTimersByTimeAsync(2_000);
    expect(load.counts()).toMatchObject({
      accepted: 0,
      failed: 20,
      lastFailure: 'An order was answered 503: {"detail":"away"}',
    });
    await load.stop();
  });

  it('omits due orders while too many requests are pending', async () => {
    let answer = () => {};
    const answered = new Promise<object>((resolve) => {
      answer = () => resolve({ status: 202, body: { orderId: 'o' } });
    });
    load = loadAtRate(
      shopThat(() => answered),
      PEOPLE,
      { ordersPerSecond: 200, kinds: [KIND] },
    );
    await jest.advanceTimersByTimeAsync(4_000);
    expect(load.counts()).toMatchObject({ unanswered: MAX_UNANSWERED_ORDERS, leftOut: 800 - MAX_UNANSWERED_ORDERS });
    answer();
    await load.stop();
    expect(load.counts()).toMatchObject({ unanswered: 0, accepted: MAX_UNANSWERED_ORDERS });
  });
});
