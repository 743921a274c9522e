import { event } from '@quadrille/choreography';
import { z } from 'zod';
import { Amount, Currency, Id, Itinerary, Undo } from '../itinerary.js';

const payment = { by: 'payment', key: 'orderId', version: 1 } as const;

/** The total is held: on the customer's account, or on the card (`authorization` is the provider's word for it). */
export const PaymentAuthorized = event('PaymentAuthorized', {
  ...payment,
  wire: 'quadrille.payment.authorized',
  schema: Itinerary.extend({ authorization: z.string().optional() }),
});

export const PaymentFailed = event('PaymentFailed', {
  ...payment,
  failure: true,
  wire: 'quadrille.payment.failed',
  schema: Undo,
});

export const PaymentCaptured = event('PaymentCaptured', {
  ...payment,
  wire: 'quadrille.payment.captured',
  schema: Itinerary,
});

export const PaymentCaptureFailed = event('PaymentCaptureFailed', {
  ...payment,
  failure: true,
  wire: 'quadrille.payment.capture-failed',
  schema: Undo,
});

/** The hold is gone; `amount` is what had been held, 0 when there had been nothing. */
export const PaymentVoided = event('PaymentVoided', {
  ...payment,
  wire: 'quadrille.payment.voided',
  schema: Undo.extend({ amount: Amount }),
});

/** What had been captured went back; `amount` is how much. */
export const PaymentRefunded = event('PaymentRefunded', {
  ...payment,
  wire: 'quadrille.payment.refunded',
  schema: Undo.extend({ amount: Amount }),
});

export const FundsDeposited = event('FundsDeposited', {
  by: 'payment',
  key: 'customerId',
  wire: 'quadrille.payment.funds-deposited',
  version: 1,
  final: true,
  schema: z.object({ customerId: Id, depositId: Id, amount: Amount, currency: Currency }),
});
