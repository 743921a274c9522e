import { hasErased, ignore } from '@quadrille/choreography';
import {
  type OrderDetails,
  orderDetailsOf,
  ShipmentCreated,
  ShipmentFailed,
  step,
  subjectOf,
} from '@quadrille/contracts';
import { shipments } from '../domain/shipments.js';
import type { Booking, Destination, Gateways } from '../gateways/carrier.js';

/** Books a parcel with the carrier after the goods are reserved. */
export const createShipment = step('create-shipment', {
  loads: (order) => ({ shipment: shipments.of(order.orderId) }),
  call: book,
  decide({ shipment }, order, booking) {
    if (shipment.status !== 'none') return ignore;
    // Already cancelled: cancel-shipment has called the carrier, and emits the result in its own turn.
    if (booking.answer === 'cancelled') return ignore;
    if (booking.answer === 'refused') return ShipmentFailed({ ...orderDetailsOf(order), reason: booking.reason });
    return ShipmentCreated({ ...orderDetailsOf(order), trackingNumber: booking.trackingNumber });
  },
});

async function book(order: OrderDetails, { carrier, personalData }: Gateways): Promise<Booking> {
  const destination = await personalData.open(subjectOf(order), order.shippingAddress);
  // The customer's data were erased while the order was under way.
  if (hasErased(destination)) return { answer: 'refused', reason: 'address-erased' };
  return carrier.book(order.orderId, destination as Destination);
}
