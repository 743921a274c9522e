/**
 * The port to a provider of card payments. `reference` is the order's id: all operations are idempotent by it, and a reversed
 * reference permanently refuses later requests. A rejected promise means that the result is unknown and the call must be
 * retried; a refusal is an answer.
 */
export interface PaymentProvider {
  /** Holds the amount (minor units) on the card that `token` identifies; without a token, on the customer's default card. */
  authorize(reference: string, amount: number, currency: string, token: string | undefined): Promise<Authorization>;
  /** Captures the hold. */
  capture(reference: string): Promise<Capture>;
  /** Cancels the hold or refunds the charge. Valid even before any authorization. */
  reverse(reference: string): Promise<void>;
}

/** `reversed`: the reference was reversed before; return-payment continues the saga. */
export type Authorization =
  | { readonly answer: 'authorized'; readonly authorization: string }
  | { readonly answer: 'declined'; readonly reason: string }
  | { readonly answer: 'reversed' };

export type Capture =
  | { readonly answer: 'captured' }
  | { readonly answer: 'declined'; readonly reason: string }
  | { readonly answer: 'reversed' };

/** The gateways that the steps of this service may call. */
export interface Gateways {
  readonly provider: PaymentProvider;
}
