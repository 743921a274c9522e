import { describe, expect, it } from '@jest/globals';
import { ratesOf } from './saga-numbers.js';

describe('the rates of the stage', () => {
  it('sum emissions by step and by topic', () => {
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
      byTopic: { 'quadrille.order.v1': 19.6, 'quadrille.payment.v1': 10 },
      byStep: { 'place-order': 10, 'authorize-payment': 10, 'complete-order': 7.5, 'cancel-order': 2.1 },
    });
  });

  it('are empty without emissions', () => {
    expect(ratesOf({})).toEqual({ eventsPerSecond: 0, begunPerSecond: 0, endedPerSecond: 0, byTopic: {}, byStep: {} });
  });
});
