import { aggregate, type Item, type ShopEvent } from '@quadrille/contracts';

/** The status of a reservation. `released` without items is the tombstone of a release that preceded the reservation. */
export type ReservationStatus = 'reserved' | 'failed' | 'released' | 'committed';

/** The state of an order's reservation. */
export type Reservation =
  | { readonly status: 'none'; readonly orderId: string }
  | {
      readonly status: ReservationStatus;
      readonly orderId: string;
      /** The reserved lines, current or former; for a failed reservation, the requested lines. */
      readonly items: readonly Item[];
      /** The reason code of a failure or release. */
      readonly reason?: string;
      /** When it last changed, ISO 8601. */
      readonly at: string;
    };

/** A reservation with at least one event. */
export type KnownReservation = Exclude<Reservation, { status: 'none' }>;

/** Reservations by order: all lines or none. */
export const reservations = aggregate<Reservation>('reservations', {
  initial: (orderId) => ({ status: 'none', orderId }),

  evolve(reservation, event, at) {
    const known = knownFrom(event);
    return known?.orderId === reservation.orderId ? { ...known, at } : reservation;
  },
});

function knownFrom(event: ShopEvent): Omit<KnownReservation, 'at'> | undefined {
  switch (event.type) {
    case 'InventoryReserved':
      return { status: 'reserved', orderId: event.data.orderId, items: event.data.items };
    case 'InventoryReservationFailed':
      return { status: 'failed', orderId: event.data.orderId, items: event.data.items, reason: event.data.reason };
    case 'InventoryReleased':
      return { status: 'released', orderId: event.data.orderId, items: event.data.released, reason: event.data.reason };
    case 'InventoryCommitted':
      return { status: 'committed', orderId: event.data.orderId, items: event.data.items };
    default:
      return undefined;
  }
}
