import { event } from '@quadrille/choreography';
import { z } from 'zod';
import { CompensationDetails, OrderDetails } from '../order-details.js';

const shipping = { service: 'shipping', key: 'orderId', version: 1 } as const;
const trackingNumber = z.string().min(1).max(64);

export const ShipmentCreated = event('ShipmentCreated', {
  ...shipping,
  wireName: 'quadrille.shipping.shipment-created',
  schema: OrderDetails.extend({ trackingNumber }),
});

export const ShipmentFailed = event('ShipmentFailed', {
  ...shipping,
  failure: true,
  wireName: 'quadrille.shipping.shipment-failed',
  schema: CompensationDetails,
});

/** No shipment will leave; `trackingNumber` is that of the booked shipment, absent if none was booked. */
export const ShipmentCancelled = event('ShipmentCancelled', {
  ...shipping,
  wireName: 'quadrille.shipping.shipment-cancelled',
  schema: CompensationDetails.extend({ trackingNumber: trackingNumber.optional() }),
});

export const ShipmentDispatched = event('ShipmentDispatched', {
  ...shipping,
  wireName: 'quadrille.shipping.shipment-dispatched',
  final: true,
  schema: OrderDetails.extend({ trackingNumber }),
});
