import { describe, it } from '@jest/globals';
import {
  exampleOrder,
  FundsDeposited,
  orderDetailsOf,
  PaymentAuthorized,
  PaymentCaptured,
  PaymentCaptureFailed,
  PaymentFailed,
  PaymentVoided,
} from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import { accountOf } from '../domain/accounts.js';
import { paymentOf } from '../domain/payments.js';
import { capturePayment } from './capture-payment.js';

const order = exampleOrder();
const customerId = order.customerId!;
const booked = { ...order, trackingNumber: 'T-1' };
const deposit = FundsDeposited({
  customerId,
  depositId: '01980000-0000-7000-8000-0000000000d1',
  amount: 10_000,
  currency: 'GBP',
});
const undo = { ...orderDetailsOf(order), reason: 'changed-mind' };

describe('capture-payment from the account', () => {
  it('captures the held amount', () => {
    given(deposit, PaymentAuthorized(orderDetailsOf(order)))
      .when(capturePayment, booked)
      .thenEmits(PaymentCaptured(orderDetailsOf(order)))
      .leaves(accountOf(customerId), { available: 10_000 - order.total, held: 0 })
      .leaves(paymentOf(order), { status: 'captured' });
  });

  it('ignores an event before the authorization', () => {
    given(deposit).when(capturePayment, booked).thenIgnores();
  });

  it('ignores a failed payment', () => {
    given(PaymentFailed({ ...undo, reason: 'unknown-account' }))
      .when(capturePayment, booked)
      .thenIgnores();
  });

  it('ignores a captured payment', () => {
    given(deposit, PaymentAuthorized(orderDetailsOf(order)), PaymentCaptured(orderDetailsOf(order)))
      .when(capturePayment, booked)
      .thenIgnores();
  });

  it('ignores a voided payment', () => {
    given(deposit, PaymentAuthorized(orderDetailsOf(order)), PaymentVoided({ ...undo, amount: order.total }))
      .when(capturePayment, booked)
      .thenIgnores();
  });

  it('ignores a payment that was returned before its authorization', () => {
    given(deposit, PaymentVoided({ ...undo, amount: 0 }))
      .when(capturePayment, booked)
      .thenIgnores();
  });
});

describe('capture-payment by card', () => {
  const byCard = exampleOrder({ payment: { method: 'card' } });
  const authorized = PaymentAuthorized({ ...orderDetailsOf(byCard), authorization: 'auth_1' });

  it('emits PaymentCaptured if the provider has captured', () => {
    given(authorized)
      .when(capturePayment, byCard, { answer: 'captured' })
      .thenEmits(PaymentCaptured(orderDetailsOf(byCard)))
      .leaves(paymentOf(byCard), { status: 'captured', authorization: 'auth_1' });
  });

  it('emits PaymentCaptureFailed with the provider’s reason', () => {
    given(authorized)
      .when(capturePayment, byCard, { answer: 'declined', reason: 'capture-declined' })
      .thenEmits(PaymentCaptureFailed({ ...orderDetailsOf(byCard), reason: 'capture-declined' }));
  });

  it('ignores a repetition after a failed capture, even if the provider’s answer has changed', () => {
    given(authorized, PaymentCaptureFailed({ ...orderDetailsOf(byCard), reason: 'capture-declined' }))
      .when(capturePayment, byCard, { answer: 'captured' })
      .thenIgnores();
  });

  it('ignores a reversed reference: return-payment continues the saga', () => {
    given(authorized).when(capturePayment, byCard, { answer: 'reversed' }).thenIgnores();
  });
});
