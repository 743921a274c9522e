import { ignore } from '@quadrille/choreography';
import { orderDetailsOf, ShipmentDispatched, step } from '@quadrille/contracts';
import { shipments } from '../domain/shipments.js';

/** Dispatches the parcel of a completed order. */
export const dispatchShipment = step('dispatch-shipment', {
  loads: (order) => ({ shipment: shipments.of(order.orderId) }),
  decide({ shipment }, order) {
    if (shipment.status !== 'created') return ignore;
    return ShipmentDispatched({ ...orderDetailsOf(order), trackingNumber: shipment.trackingNumber });
  },
});
