import { event } from '@quadrille/choreography';
import { z } from 'zod';
import { Itinerary, Undo } from '../itinerary.js';

const shipping = { by: 'shipping', key: 'orderId', version: 1 } as const;
const trackingNumber = z.string().min(1).max(64);

export const ShipmentCreated = event('ShipmentCreated', {
  ...shipping,
  wire: 'quadrille.shipping.shipment-created',
  schema: Itinerary.extend({ trackingNumber }),
});

export const ShipmentFailed = event('ShipmentFailed', {
  ...shipping,
  failure: true,
  wire: 'quadrille.shipping.shipment-failed',
  schema: Undo,
});

/** No shipment will leave; `trackingNumber` is of the one that was booked, absent when there had been none. */
export const ShipmentCancelled = event('ShipmentCancelled', {
  ...shipping,
  wire: 'quadrille.shipping.shipment-cancelled',
  schema: Undo.extend({ trackingNumber: trackingNumber.optional() }),
});

export const ShipmentDispatched = event('ShipmentDispatched', {
  ...shipping,
  wire: 'quadrille.shipping.shipment-dispatched',
  final: true,
  schema: Itinerary.extend({ trackingNumber }),
});
