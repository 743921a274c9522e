import { nothing } from '@quadrille/choreography';
import { forward, OrderCancelled, step } from '@quadrille/contracts';
import { orders } from '../domain/order.js';

/** The last link of the chain back: all that had been done is undone. It ends for the reason this chain carries. */
export const cancelOrder = step('cancel-order', {
  touches: (undone) => ({ order: orders.of(undone.orderId) }),
  decide({ order }, { reason }) {
    if (order.status !== 'placed' && order.status !== 'cancelling') return nothing;
    return OrderCancelled({ ...forward(order.itinerary), reason });
  },
});
