import { ignore, reject } from '@quadrille/choreography';
import { OrderCancellationRequested, orderDetailsOf, step } from '@quadrille/contracts';
import { orders } from '../domain/order.js';

/** Cancels an order at the customer's request: starts the compensation, unless the order has ended. */
export const requestCancellation = step('request-cancellation', {
  loads: ({ orderId }) => ({ order: orders.of(orderId) }),
  decide({ order }, { orderId, reason }) {
    switch (order.status) {
      case 'none':
        return reject(404, 'unknown-order', `There is no order ${orderId}.`);
      case 'completed':
        return reject(409, 'order-completed', `The order ${orderId} is completed; it can no longer be cancelled.`);
      case 'placed':
        return OrderCancellationRequested({ ...orderDetailsOf(order.details), reason, requestedBy: 'customer' });
      default:
        return ignore;
    }
  },
});
