import { ignore } from '@quadrille/choreography';
import { InventoryReleased, orderDetailsOf, step } from '@quadrille/contracts';
import { reservations } from '../domain/reservations.js';
import { stockOf } from '../domain/stock.js';

/** Compensation: releases the reserved lines. Without a reservation, it leaves a tombstone that prevents a later one. */
export const releaseInventory = step('release-inventory', {
  loads: (undo) => ({ reservation: reservations.of(undo.orderId), shelves: stockOf(undo.items) }),
  decide({ reservation }, undo) {
    const back = { ...orderDetailsOf(undo), reason: undo.reason };
    switch (reservation.status) {
      case 'none':
        return InventoryReleased({ ...back, released: [] });
      case 'reserved':
        return InventoryReleased({ ...back, released: [...reservation.items] });
      default:
        return ignore;
    }
  },
});
