import { event } from '@quadrille/choreography';
import { z } from 'zod';
import { Amount, CompensationDetails, Currency, Id, OrderDetails } from '../order-details.js';

const payment = { service: 'payment', key: 'orderId', version: 1 } as const;

/** The total is held on the customer's account or on the card; `authorization` is the provider's id of the hold. */
export const PaymentAuthorized = event('PaymentAuthorized', {
  ...payment,
  wireName: 'quadrille.payment.authorized',
  schema: OrderDetails.extend({ authorization: z.string().optional() }),
});

export const PaymentFailed = event('PaymentFailed', {
  ...payment,
  failure: true,
  wireName: 'quadrille.payment.failed',
  schema: CompensationDetails,
});

export const PaymentCaptured = event('PaymentCaptured', {
  ...payment,
  wireName: 'quadrille.payment.captured',
  schema: OrderDetails,
});

export const PaymentCaptureFailed = event('PaymentCaptureFailed', {
  ...payment,
  failure: true,
  wireName: 'quadrille.payment.capture-failed',
  schema: CompensationDetails,
});

/** The hold is released; `amount` is the held amount, 0 if nothing was held. */
export const PaymentVoided = event('PaymentVoided', {
  ...payment,
  wireName: 'quadrille.payment.voided',
  schema: CompensationDetails.extend({ amount: Amount }),
});

/** A captured payment was refunded; `amount` is the refunded amount. */
export const PaymentRefunded = event('PaymentRefunded', {
  ...payment,
  wireName: 'quadrille.payment.refunded',
  schema: CompensationDetails.extend({ amount: Amount }),
});

export const FundsDeposited = event('FundsDeposited', {
  service: 'payment',
  key: 'customerId',
  wireName: 'quadrille.payment.funds-deposited',
  version: 1,
  final: true,
  schema: z.object({ customerId: Id, depositId: Id, amount: Amount, currency: Currency }),
});
