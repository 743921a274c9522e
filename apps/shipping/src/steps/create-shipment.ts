import { ignore } from '@quadrille/choreography';
import { orderDetailsOf, ShipmentCreated, ShipmentFailed, step } from '@quadrille/contracts';
import { shipments } from '../domain/shipments.js';
import type { Booking, Gateways } from '../gateways/carrier.js';

/** Books a parcel with the carrier after the goods are reserved. */
export const createShipment = step('create-shipment', {
  loads: (order) => ({ shipment: shipments.of(order.orderId) }),
  call: ({ orderId, shippingAddress }, { carrier }: Gateways): Promise<Booking> =>
    carrier.book(orderId, shippingAddress),
  decide({ shipment }, order, booking) {
    if (shipment.status !== 'none') return ignore;
    // Already cancelled: cancel-shipment has called the carrier, and emits the result in its own turn.
    if (booking.answer === 'cancelled') return ignore;
    if (booking.answer === 'refused') return ShipmentFailed({ ...orderDetailsOf(order), reason: booking.reason });
    return ShipmentCreated({ ...orderDetailsOf(order), trackingNumber: booking.trackingNumber });
  },
});
