import { aggregate, type Item, type ShopEvent } from '@quadrille/contracts';

/** How far a reservation came. `released` with no items is the tombstone of one that was released before it was ever made. */
export type ReservationStatus = 'reserved' | 'failed' | 'released' | 'committed';

/** What is known of the reservation of one order. */
export type Reservation =
  | { readonly status: 'none'; readonly orderId: string }
  | {
      readonly status: ReservationStatus;
      readonly orderId: string;
      /** The lines it holds or held; of a failed one, the lines that were wanted. */
      readonly items: readonly Item[];
      /** Why it failed or was released, as a stable word. */
      readonly reason?: string;
      /** When it last changed, ISO 8601. */
      readonly at: string;
    };

/** A reservation of which something was said. */
export type KnownReservation = Exclude<Reservation, { status: 'none' }>;

/** Reservations, by order: all lines or none. */
export const reservations = aggregate<Reservation>('reservations', {
  initial: (orderId) => ({ status: 'none', orderId }),

  evolve(reservation, said, at) {
    const known = knownFrom(said);
    return known?.orderId === reservation.orderId ? { ...known, at } : reservation;
  },
});

function knownFrom(said: ShopEvent): Omit<KnownReservation, 'at'> | undefined {
  switch (said.type) {
    case 'InventoryReserved':
      return { status: 'reserved', orderId: said.data.orderId, items: said.data.items };
    case 'InventoryReservationFailed':
      return { status: 'failed', orderId: said.data.orderId, items: said.data.items, reason: said.data.reason };
    case 'InventoryReleased':
      return { status: 'released', orderId: said.data.orderId, items: said.data.released, reason: said.data.reason };
    case 'InventoryCommitted':
      return { status: 'committed', orderId: said.data.orderId, items: said.data.items };
    default:
      return undefined;
  }
}
