import { describe, expect, it } from '@jest/globals';
import { servicesOf, topicsConsumedBy } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { POISON_TOPICS } from './poison-topics.js';

describe('the topics of poison messages', () => {
  it('are those of the first events of services, if another service consumes them', () => {
    expect(Object.fromEntries(POISON_TOPICS)).toEqual({
      order: 'quadrille.order.created',
      payment: 'quadrille.payment.authorized',
      inventory: 'quadrille.inventory.reserved',
      shipping: 'quadrille.shipping.shipment-created',
    });
  });

  it.each([...POISON_TOPICS])('of %s are consumed by another service', (service, topic) => {
    const others = servicesOf(checkout.rows).filter((other) => other !== service);
    expect(others.flatMap((other) => topicsConsumedBy(checkout, checkout.rows, other))).toContain(topic);
  });
});
