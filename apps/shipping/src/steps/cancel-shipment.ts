import { nothing } from '@quadrille/choreography';
import { forward, ShipmentCancelled, step } from '@quadrille/contracts';
import { shipments } from '../domain/shipments.js';
import type { Outside } from '../outside/carrier.js';

/** The order will not be: cancel its parcel. Without a parcel, make sure that none is booked later. */
export const cancelShipment = step('cancel-shipment', {
  touches: (undo) => ({ shipment: shipments.of(undo.orderId) }),
  ask: ({ orderId }, { carrier }: Outside): Promise<void> => carrier.cancel(orderId),
  decide({ shipment }, undo) {
    const back = { ...forward(undo), reason: undo.reason };
    switch (shipment.status) {
      case 'none':
        return ShipmentCancelled(back);
      case 'created':
        return ShipmentCancelled({ ...back, trackingNumber: shipment.trackingNumber });
      default:
        return nothing;
    }
  },
});
