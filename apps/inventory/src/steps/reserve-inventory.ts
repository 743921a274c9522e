import { ignore } from '@quadrille/choreography';
import { InventoryReservationFailed, InventoryReserved, orderDetailsOf, step } from '@quadrille/contracts';
import { piecesIn } from '../domain/pieces.js';
import { reservations } from '../domain/reservations.js';
import { stockOf } from '../domain/stock.js';

/** The payment is authorized: reserves all lines of the order, or none. */
export const reserveInventory = step('reserve-inventory', {
  loads: (order) => ({ reservation: reservations.of(order.orderId), shelves: stockOf(order.items) }),
  decide({ reservation, shelves }, order) {
    if (reservation.status !== 'none') return ignore;
    const wanted = piecesIn(order.items);
    const missing = shelves
      .map(({ sku, available }) => ({ sku, wanted: wanted.get(sku)!, available }))
      .filter((line) => line.wanted > line.available);
    if (missing.length === 0) return InventoryReserved(orderDetailsOf(order));
    return InventoryReservationFailed({ ...orderDetailsOf(order), reason: 'out-of-stock', missing });
  },
});
