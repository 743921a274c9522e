/**
 * A provider of card payments, as far as the shop needs one. `reference` is the order's id: everything is idempotent by it,
 * and a reversed reference refuses for ever what comes later. A rejection means that nobody knows what happened and that
 * asking again is right; a refusal is an answer.
 */
export interface PaymentProvider {
  /** Holds the amount (minor units) on the card that `token` stands for; without a token, on the customer's usual one. */
  authorize(reference: string, amount: number, currency: string, token: string | undefined): Promise<Authorization>;
  /** Takes what is held. */
  capture(reference: string): Promise<Capture>;
  /** Undoes whatever there was, a hold or a charge, also when there was nothing yet. */
  reverse(reference: string): Promise<void>;
}

/** `reversed`: the reference was reversed before; whoever did that goes on with the saga. */
export type Authorization =
  | { readonly answer: 'authorized'; readonly authorization: string }
  | { readonly answer: 'declined'; readonly reason: string }
  | { readonly answer: 'reversed' };

export type Capture =
  | { readonly answer: 'captured' }
  | { readonly answer: 'declined'; readonly reason: string }
  | { readonly answer: 'reversed' };

/** What the steps of this service may ask. */
export interface Gateways {
  readonly provider: PaymentProvider;
}
