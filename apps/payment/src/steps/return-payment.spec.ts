import { describe, expect, it, jest } from '@jest/globals';
import {
  exampleOrder,
  FundsDeposited,
  orderDetailsOf,
  PaymentAuthorized,
  PaymentCaptured,
  PaymentCaptureFailed,
  PaymentFailed,
  PaymentRefunded,
  PaymentVoided,
} from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import { accountOf } from '../domain/accounts.js';
import { paymentOf } from '../domain/payments.js';
import { returnPayment } from './return-payment.js';

const order = exampleOrder();
const { total } = order;
const customerId = order.customerId!;
const undo = { ...orderDetailsOf(order), reason: 'out-of-stock' };
const deposit = FundsDeposited({
  customerId,
  depositId: '01980000-0000-7000-8000-0000000000d1',
  amount: 10_000,
  currency: 'GBP',
});
const authorized = PaymentAuthorized(orderDetailsOf(order));

describe('return-payment', () => {
  it('voids the held amount', () => {
    given(deposit, authorized)
      .when(returnPayment, undo)
      .thenEmits(PaymentVoided({ ...undo, amount: total }))
      .leaves(accountOf(customerId), { available: 10_000, held: 0 })
      .leaves(paymentOf(order), { status: 'voided', reason: 'out-of-stock' });
  });

  it('refunds the captured amount', () => {
    given(deposit, authorized, PaymentCaptured(orderDetailsOf(order)))
      .when(returnPayment, undo)
      .thenEmits(PaymentRefunded({ ...undo, amount: total }))
      .leaves(accountOf(customerId), { available: 10_000, held: 0 })
      .leaves(paymentOf(order), { status: 'refunded' });
  });

  it('voids the held amount after a failed capture', () => {
    const byCard = exampleOrder({ payment: { method: 'card' } });
    const failed = PaymentCaptureFailed({ ...orderDetailsOf(byCard), reason: 'capture-declined' });
    given(PaymentAuthorized({ ...orderDetailsOf(byCard), authorization: 'auth_1' }), failed)
      .when(returnPayment, { ...orderDetailsOf(byCard), reason: 'capture-declined' })
      .thenEmitsLike('PaymentVoided', { amount: total, reason: 'capture-declined' });
  });

  it('refunds nothing if nothing was charged, and leaves a tombstone', () => {
    given(deposit)
      .when(returnPayment, undo)
      .thenEmits(PaymentVoided({ ...undo, amount: 0 }))
      .leaves(paymentOf(order), { status: 'voided' })
      .leaves(accountOf(customerId), { available: 10_000, held: 0 });
  });

  it('leaves a tombstone for a customer without an account', () => {
    given().when(returnPayment, undo).thenEmitsLike('PaymentVoided', { amount: 0 }).leaves(accountOf(customerId), {
      status: 'unknown',
    });
  });

  it('ignores a failed payment, whose own event started the compensation', () => {
    given(PaymentFailed({ ...undo, reason: 'insufficient-funds' }))
      .when(returnPayment, undo)
      .thenIgnores();
  });

  it('ignores a voided payment', () => {
    given(deposit, authorized, PaymentVoided({ ...undo, amount: total }))
      .when(returnPayment, undo)
      .thenIgnores();
  });

  it('ignores a refunded payment', () => {
    given(deposit, authorized, PaymentCaptured(orderDetailsOf(order)), PaymentRefunded({ ...undo, amount: total }))
      .when(returnPayment, undo)
      .thenIgnores();
  });

  it('always calls the provider to reverse a card payment, and never for an account', async () => {
    const reverse = jest.fn(async () => {});
    await returnPayment.call!({ ...undo, payment: { method: 'card' } }, { provider: { reverse } });
    await returnPayment.call!(undo, { provider: { reverse } });
    expect(reverse.mock.calls).toEqual([[order.orderId]]);
  });
});
