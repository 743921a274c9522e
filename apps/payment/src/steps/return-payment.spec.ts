import { describe, expect, it, jest } from '@jest/globals';
import {
  exampleOrder,
  FundsDeposited,
  forward,
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
const undo = { ...forward(order), reason: 'out-of-stock' };
const deposit = FundsDeposited({
  customerId,
  depositId: '01980000-0000-7000-8000-0000000000d1',
  amount: 10_000,
  currency: 'GBP',
});
const authorized = PaymentAuthorized(forward(order));

describe('return-payment', () => {
  it('lets go of what is held', () => {
    given(deposit, authorized)
      .when(returnPayment, undo)
      .then(PaymentVoided({ ...undo, amount: total }))
      .leaves(accountOf(customerId), { available: 10_000, held: 0 })
      .leaves(paymentOf(order), { status: 'voided', reason: 'out-of-stock' });
  });

  it('gives back what was captured', () => {
    given(deposit, authorized, PaymentCaptured(forward(order)))
      .when(returnPayment, undo)
      .then(PaymentRefunded({ ...undo, amount: total }))
      .leaves(accountOf(customerId), { available: 10_000, held: 0 })
      .leaves(paymentOf(order), { status: 'refunded' });
  });

  it('lets go of what is held after a capture that failed', () => {
    const byCard = exampleOrder({ payment: { method: 'card' } });
    const failed = PaymentCaptureFailed({ ...forward(byCard), reason: 'capture-declined' });
    given(PaymentAuthorized({ ...forward(byCard), authorization: 'auth_1' }), failed)
      .when(returnPayment, { ...forward(byCard), reason: 'capture-declined' })
      .thenSays('PaymentVoided', { amount: total, reason: 'capture-declined' });
  });

  it('refunds nothing when nothing was charged, and leaves a tombstone', () => {
    given(deposit)
      .when(returnPayment, undo)
      .then(PaymentVoided({ ...undo, amount: 0 }))
      .leaves(paymentOf(order), { status: 'voided' })
      .leaves(accountOf(customerId), { available: 10_000, held: 0 });
  });

  it('leaves a tombstone for a customer without an account, too', () => {
    given().when(returnPayment, undo).thenSays('PaymentVoided', { amount: 0 }).leaves(accountOf(customerId), {
      status: 'unknown',
    });
  });

  it('says nothing when the payment had failed: that was told', () => {
    given(PaymentFailed({ ...undo, reason: 'insufficient-funds' }))
      .when(returnPayment, undo)
      .thenNothing();
  });

  it('says nothing when it was voided already', () => {
    given(deposit, authorized, PaymentVoided({ ...undo, amount: total }))
      .when(returnPayment, undo)
      .thenNothing();
  });

  it('says nothing when it was refunded already', () => {
    given(deposit, authorized, PaymentCaptured(forward(order)), PaymentRefunded({ ...undo, amount: total }))
      .when(returnPayment, undo)
      .thenNothing();
  });

  it('always asks the provider to reverse a card payment, and never for an account', async () => {
    const reverse = jest.fn(async () => {});
    await returnPayment.ask!({ ...undo, payment: { method: 'card' } }, { provider: { reverse } });
    await returnPayment.ask!(undo, { provider: { reverse } });
    expect(reverse.mock.calls).toEqual([[order.orderId]]);
  });
});
