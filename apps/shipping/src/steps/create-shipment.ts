import { ignore } from '@quadrille/choreography';
import { orderDetailsOf, ShipmentCreated, ShipmentFailed, step } from '@quadrille/contracts';
import { shipments } from '../domain/shipments.js';
import type { Booking, Gateways } from '../gateways/carrier.js';

/** The goods are reserved: book a parcel with the carrier. */
export const createShipment = step('create-shipment', {
  loads: (order) => ({ shipment: shipments.of(order.orderId) }),
  call: ({ orderId, shippingAddress }, { carrier }: Gateways): Promise<Booking> =>
    carrier.book(orderId, shippingAddress),
  decide({ shipment }, order, booking) {
    if (shipment.status !== 'none') return ignore;
    // Cancelled already: cancel-shipment has asked the carrier, and will say how it ends when its own turn comes.
    if (booking.answer === 'cancelled') return ignore;
    if (booking.answer === 'refused') return ShipmentFailed({ ...orderDetailsOf(order), reason: booking.reason });
    return ShipmentCreated({ ...orderDetailsOf(order), trackingNumber: booking.trackingNumber });
  },
});
