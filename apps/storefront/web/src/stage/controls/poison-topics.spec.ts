import { describe, expect, it } from '@jest/globals';
import { servicesOf, topicsConsumedBy } from '@quadrille/choreography';
import { checkout, PUBLISHERS } from '@quadrille/contracts';
import { POISON_TOPICS } from './poison-topics.js';

describe('the topics of poison messages', () => {
  it('are those of the first events of each publishing service', () => {
    expect(Object.fromEntries(POISON_TOPICS)).toEqual({
      order: 'quadrille.order.created',
      payment: 'quadrille.payment.authorized',
      inventory: 'quadrille.inventory.reserved',
      shipping: 'quadrille.shipping.shipment-created',
    });
  });

  it.each(PUBLISHERS)('of %s are consumed by another service', (service) => {
    const others = servicesOf(checkout.rows).filter((other) => other !== service);
    const consumed = others.flatMap((other) => topicsConsumedBy(checkout, checkout.rows, other));
    expect(consumed).toContain(POISON_TOPICS.get(service));
  });
});
