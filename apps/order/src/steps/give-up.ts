import { nothing } from '@quadrille/choreography';
import { forward, OrderCancellationRequested, step } from '@quadrille/contracts';
import { orders } from '../domain/order.js';

/** The order's time is over and it has not ended: turn the saga back, the same way as when the customer asks for it. */
export const giveUp = step('give-up', {
  touches: ({ key }) => ({ order: orders.of(key) }),
  decide({ order }) {
    if (order.status !== 'placed') return nothing;
    return OrderCancellationRequested({
      ...forward(order.itinerary),
      reason: 'deadline-passed',
      requestedBy: 'deadline',
    });
  },
});
