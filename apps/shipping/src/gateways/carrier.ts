import type { PersonalData } from '@quadrille/choreography';
import type { OrderDetails } from '@quadrille/contracts';

/** The destination of a parcel: the address of the order. */
export type Destination = OrderDetails['shippingAddress'];

/**
 * The operations of a carrier that the shop uses. `reference` is the order's id. All operations are idempotent by it, and a
 * cancelled reference refuses every later booking. A rejected promise means that the result is unknown and that a retry is safe;
 * a refusal is an answer.
 */
export interface Carrier {
  /** Books a parcel. Booking the same reference again returns the same answer. */
  book(reference: string, destination: Destination): Promise<Booking>;
  /** Cancels a booking, or prevents a later one if none exists. */
  cancel(reference: string): Promise<void>;
  /** The countries with and without service. */
  countries(): Promise<Countries>;
}

/** `cancelled`: the reference was cancelled before, and cancel-shipment continues the saga. */
export type Booking =
  | { readonly answer: 'booked'; readonly trackingNumber: string }
  | { readonly answer: 'refused'; readonly reason: string }
  | { readonly answer: 'cancelled' };

/** Codes of ISO 3166-1 alpha-2, sorted. */
export interface Countries {
  readonly served: readonly string[];
  readonly refused: readonly string[];
}

/** The gateways that the steps of this service may call. */
export interface Gateways {
  readonly carrier: Carrier;
  /** Opens the address: events and tables have it sealed. */
  readonly personalData: PersonalData;
}
