import { ignore } from '@quadrille/choreography';
import { OrderCancellationRequested, orderDetailsOf, step } from '@quadrille/contracts';
import { orders } from '../domain/order.js';

/** The deadline of an order has passed before its ending: starts the compensation, as a cancellation by the customer does. */
export const expireOrder = step('give-up', {
  loads: ({ key }) => ({ order: orders.of(key) }),
  decide({ order }) {
    if (order.status !== 'placed') return ignore;
    return OrderCancellationRequested({
      ...orderDetailsOf(order.details),
      reason: 'deadline-passed',
      requestedBy: 'deadline',
    });
  },
});
