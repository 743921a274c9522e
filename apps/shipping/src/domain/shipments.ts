import { aggregate } from '@quadrille/contracts';

/** The facts of a shipment that has at least one event. */
interface Facts {
  readonly orderId: string;
  /** The country of the destination, ISO 3166-1 alpha-2. */
  readonly destination: string;
  /** When it last changed, ISO 8601. */
  readonly at: string;
}

/**
 * A shipment with at least one event. The carrier assigns the tracking number; the reason is a stable code. `cancelled` without a
 * tracking number is the tombstone of a cancellation that preceded the booking.
 */
export type KnownShipment =
  | (Facts & { readonly status: 'created'; readonly trackingNumber: string })
  | (Facts & { readonly status: 'failed'; readonly reason: string })
  | (Facts & { readonly status: 'cancelled'; readonly reason: string; readonly trackingNumber?: string })
  | (Facts & { readonly status: 'dispatched'; readonly trackingNumber: string });

export type Shipment = { readonly status: 'none'; readonly orderId: string } | KnownShipment;

/** Shipments, by order. */
export const shipments = aggregate<Shipment>('shipments', {
  initial: (orderId) => ({ status: 'none', orderId }),

  evolve(shipment, event, at) {
    const { orderId } = shipment;
    if (!('shippingAddress' in event.data) || event.data.orderId !== orderId) return shipment;
    const facts = { orderId, destination: event.data.shippingAddress.country, at };
    switch (event.type) {
      case 'ShipmentCreated':
        return { status: 'created', ...facts, trackingNumber: event.data.trackingNumber };
      case 'ShipmentFailed':
        return { status: 'failed', ...facts, reason: event.data.reason };
      case 'ShipmentCancelled': {
        const { reason, trackingNumber } = event.data;
        return { status: 'cancelled', ...facts, reason, ...(trackingNumber !== undefined && { trackingNumber }) };
      }
      case 'ShipmentDispatched':
        return { status: 'dispatched', ...facts, trackingNumber: event.data.trackingNumber };
      default:
        return shipment;
    }
  },
});
