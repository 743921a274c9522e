import { nothing } from '@quadrille/choreography';
import { forward, ShipmentDispatched, step } from '@quadrille/contracts';
import { shipments } from '../domain/shipments.js';

/** The order is completed: the parcel leaves. */
export const dispatchShipment = step('dispatch-shipment', {
  touches: (order) => ({ shipment: shipments.of(order.orderId) }),
  decide({ shipment }, order) {
    if (shipment.status !== 'created') return nothing;
    return ShipmentDispatched({ ...forward(order), trackingNumber: shipment.trackingNumber });
  },
});
