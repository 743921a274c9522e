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

  evolve(shipment, said, at) {
    const { orderId } = shipment;
    if (!('shippingAddress' in said.data) || said.data.orderId !== orderId) return shipment;
    const facts = { orderId, destination: said.data.shippingAddress.country, at };
    switch (said.type) {
      case 'ShipmentCreated':
        return { status: 'created', ...facts, trackingNumber: said.data.trackingNumber };
      case 'ShipmentFailed':
        return { status: 'failed', ...facts, reason: said.data.reason };
      case 'ShipmentCancelled': {
        const { reason, trackingNumber } = said.data;
        return { status: 'cancelled', ...facts, reason, ...(trackingNumber !== undefined && { trackingNumber }) };
      }
      case 'ShipmentDispatched':
        return { status: 'dispatched', ...facts, trackingNumber: said.data.trackingNumber };
      default:
        return shipment;
    }
  },
});
