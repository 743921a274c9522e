import { nothing } from '@quadrille/choreography';
import { forward, OrderCompleted, step } from '@quadrille/contracts';
import { orders } from '../domain/order.js';

/** The money is ours: the order is complete, unless it is being cancelled; then the capture will be refunded. */
export const completeOrder = step('complete-order', {
  touches: (captured) => ({ order: orders.of(captured.orderId) }),
  decide: ({ order }) => (order.status === 'placed' ? OrderCompleted(forward(order.itinerary)) : nothing),
});
