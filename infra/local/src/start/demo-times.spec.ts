import { describe, expect, it } from '@jest/globals';
import { demoTimes } from './demo-times.js';

describe('the deadline of a run', () => {
  it('grows with the number of orders, up to the default minute', () => {
    const seconds = [1, 100, 1_000, 100_000].map((orders) => demoTimes(orders, undefined).deadlineSeconds);
    expect(seconds).toEqual(['6', '6', '15', '60']);
  });

  it('is the default without orders and for invoices', () => {
    expect(demoTimes(undefined, undefined).deadlineSeconds).toBeUndefined();
  });

  it('is the requested one', () => {
    expect(demoTimes(1_000, '3')).toEqual({ deadlineSeconds: '3', outageSeconds: '5' });
  });

  it('passes before the end of the provider’s outage', () => {
    for (const orders of [1, 500, 5_000]) {
      const { deadlineSeconds, outageSeconds } = demoTimes(orders, undefined);
      expect(Number(outageSeconds)).toBeGreaterThan(Number(deadlineSeconds));
    }
  });
});
