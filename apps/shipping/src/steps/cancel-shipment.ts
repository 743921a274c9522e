import { ignore } from '@quadrille/choreography';
import { orderDetailsOf, ShipmentCancelled, step } from '@quadrille/contracts';
import { shipments } from '../domain/shipments.js';
import type { Gateways } from '../gateways/carrier.js';

/** The order will not be: cancel its parcel. Without a parcel, make sure that none is booked later. */
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
