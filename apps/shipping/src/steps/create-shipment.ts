import { nothing } from '@quadrille/choreography';
import { forward, ShipmentCreated, ShipmentFailed, step } from '@quadrille/contracts';
import { shipments } from '../domain/shipments.js';
import type { Booking, Outside } from '../outside/carrier.js';

/** The goods are reserved: book a parcel with the carrier. */
export const createShipment = step('create-shipment', {
  touches: (order) => ({ shipment: shipments.of(order.orderId) }),
  ask: ({ orderId, shippingAddress }, { carrier }: Outside): Promise<Booking> => carrier.book(orderId, shippingAddress),
  decide({ shipment }, order, booking) {
    if (shipment.status !== 'none') return nothing;
    // Cancelled already: cancel-shipment has asked the carrier, and will say how it ends when its own turn comes.
    if (booking.answer === 'cancelled') return nothing;
    if (booking.answer === 'refused') return ShipmentFailed({ ...forward(order), reason: booking.reason });
    return ShipmentCreated({ ...forward(order), trackingNumber: booking.trackingNumber });
  },
});
