import { ignore } from '@quadrille/choreography';
import { orderDetailsOf, ShipmentCancelled, step } from '@quadrille/contracts';
import { shipments } from '../domain/shipments.js';
import type { Gateways } from '../gateways/carrier.js';

/** Cancels the parcel of an order that will not complete. Without a parcel, prevents a later booking. */
export const cancelShipment = step('cancel-shipment', {
  loads: (undo) => ({ shipment: shipments.of(undo.orderId) }),
  call: ({ orderId }, { carrier }: Gateways): Promise<void> => carrier.cancel(orderId),
  decide({ shipment }, undo) {
    const back = { ...orderDetailsOf(undo), reason: undo.reason };
    switch (shipment.status) {
      case 'none':
        return ShipmentCancelled(back);
      case 'created':
        return ShipmentCancelled({ ...back, trackingNumber: shipment.trackingNumber });
      default:
        return ignore;
    }
  },
});
