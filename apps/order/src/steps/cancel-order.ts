import { ignore } from '@quadrille/choreography';
import { OrderCancelled, orderDetailsOf, step } from '@quadrille/contracts';
import { orders } from '../domain/order.js';

/** Ends the compensation: all earlier steps are compensated. The reason is that of this chain. */
export const cancelOrder = step('cancel-order', {
  loads: (undone) => ({ order: orders.of(undone.orderId) }),
  decide({ order }, { reason }) {
    if (order.status !== 'placed' && order.status !== 'cancelling') return ignore;
    return OrderCancelled({ ...orderDetailsOf(order.details), reason });
  },
});
