import { ignore } from '@quadrille/choreography';
import { OrderCancellationRequested, orderDetailsOf, step } from '@quadrille/contracts';
import { orders } from '../domain/order.js';

/** The order's time is over and it has not ended: turn the saga back, the same way as when the customer asks for it. */
export const expireOrder = step('give-up', {
  loads: ({ key }) => ({ order: orders.of(key) }),
  decide({ order }) {
    if (order.status !== 'placed') return ignore;
    return OrderCancellationRequested({
      ...orderDetailsOf(order.itinerary),
      reason: 'deadline-passed',
      requestedBy: 'deadline',
    });
  },
});
