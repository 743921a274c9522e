import { ignore } from '@quadrille/choreography';
import { InventoryCommitted, orderDetailsOf, step } from '@quadrille/contracts';
import { reservations } from '../domain/reservations.js';
import { stockOf } from '../domain/stock.js';

/** The order is completed: marks the reserved pieces as sold. */
export const commitInventory = step('commit-inventory', {
  loads: (order) => ({ reservation: reservations.of(order.orderId), shelves: stockOf(order.items) }),
  decide({ reservation }, order) {
    return reservation.status === 'reserved' ? InventoryCommitted(orderDetailsOf(order)) : ignore;
  },
});
