import { ignore } from '@quadrille/choreography';
import { OrderCompleted, orderDetailsOf, step } from '@quadrille/contracts';
import { orders } from '../domain/order.js';

/** The payment is captured: completes the order, unless it is being cancelled; then the capture will be refunded. */
export const completeOrder = step('complete-order', {
  loads: (captured) => ({ order: orders.of(captured.orderId) }),
  decide: ({ order }) => (order.status === 'placed' ? OrderCompleted(orderDetailsOf(order.details)) : ignore),
});
