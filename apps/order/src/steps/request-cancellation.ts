import { nothing, refuse } from '@quadrille/choreography';
import { forward, OrderCancellationRequested, step } from '@quadrille/contracts';
import { orders } from '../domain/order.js';

/** The customer wants the order no longer: turn the saga back, as long as it has not ended. */
export const requestCancellation = step('request-cancellation', {
  touches: ({ orderId }) => ({ order: orders.of(orderId) }),
  decide({ order }, { orderId, reason }) {
    switch (order.status) {
      case 'none':
        return refuse(404, 'unknown-order', `There is no order ${orderId}.`);
      case 'completed':
        return refuse(409, 'order-completed', `The order ${orderId} is completed; it can no longer be cancelled.`);
      case 'placed':
        return OrderCancellationRequested({ ...forward(order.itinerary), reason, requestedBy: 'customer' });
      default:
        return nothing;
    }
  },
});
