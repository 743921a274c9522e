import type { OrderDetails } from '@quadrille/contracts';

/** Where a parcel goes: the address of the order. */
export type Destination = OrderDetails['shippingAddress'];

/**
 * A carrier, as far as the shop needs one. `reference` is the order's id: everything is idempotent by it, and a cancelled
 * reference refuses for ever what comes later. A rejection means that nobody knows what happened and that asking again is
 * right; a refusal is an answer.
 */
export interface Carrier {
  /** Books a parcel; booking the reference again answers the same. */
  book(reference: string, destination: Destination): Promise<Booking>;
  /** Undoes a booking, also when there was none yet. */
  cancel(reference: string): Promise<void>;
  /** Where it goes and where it does not. */
  countries(): Promise<Countries>;
}

/** `cancelled`: the reference was cancelled before; whoever did that goes on with the saga. */
export type Booking =
  | { readonly answer: 'booked'; readonly trackingNumber: string }
  | { readonly answer: 'refused'; readonly reason: string }
  | { readonly answer: 'cancelled' };

/** Codes of ISO 3166-1 alpha-2, sorted. */
export interface Countries {
  readonly served: readonly string[];
  readonly refused: readonly string[];
}

/** What the steps of this service may ask. */
export interface Gateways {
  readonly carrier: Carrier;
}
