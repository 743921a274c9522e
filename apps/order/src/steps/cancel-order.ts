import { ignore } from '@quadrille/choreography';
import { OrderCancelled, orderDetailsOf, step } from '@quadrille/contracts';
import { orders } from '../domain/order.js';

/** The last link of the chain back: all that had been done is undone. It ends for the reason this chain carries. */
export const cancelOrder = step('cancel-order', {
  loads: (undone) => ({ order: orders.of(undone.orderId) }),
  decide({ order }, { reason }) {
    if (order.status !== 'placed' && order.status !== 'cancelling') return ignore;
    return OrderCancelled({ ...orderDetailsOf(order.itinerary), reason });
  },
});
