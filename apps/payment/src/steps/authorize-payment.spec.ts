import { describe, it } from '@jest/globals';
import {
  exampleOrder,
  FundsDeposited,
  orderDetailsOf,
  PaymentAuthorized,
  PaymentCaptured,
  PaymentFailed,
  PaymentVoided,
} from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import { accountOf } from '../domain/accounts.js';
import { paymentOf } from '../domain/payments.js';
import { authorizePayment } from './authorize-payment.js';

const order = exampleOrder();
const { total } = order;
const customerId = order.customerId!;
const deposit = (amount: number, currency: 'GBP' | 'EUR' = 'GBP') =>
  FundsDeposited({ customerId, depositId: '01980000-0000-7000-8000-0000000000d1', amount, currency });

describe('authorize-payment from the account', () => {
  it('holds the total if the account has enough', () => {
    given(deposit(10_000))
      .when(authorizePayment, order)
      .thenEmits(PaymentAuthorized(orderDetailsOf(order)))
      .leaves(accountOf(customerId), { available: 10_000 - total, held: total })
      .leaves(paymentOf(order), { status: 'authorized', amount: total, customerId });
  });

  it('holds the last penny', () => {
    given(deposit(total)).when(authorizePayment, order).thenEmitsLike('PaymentAuthorized');
  });

  it('fails if a penny is missing, and does not change the account', () => {
    given(deposit(total - 1))
      .when(authorizePayment, order)
      .thenEmits(PaymentFailed({ ...orderDetailsOf(order), reason: 'insufficient-funds' }))
      .leaves(accountOf(customerId), { available: total - 1, held: 0 });
  });

  it('fails if the customer has no account', () => {
    given().when(authorizePayment, order).thenEmitsLike('PaymentFailed', { reason: 'unknown-account' });
  });

  it('fails if the account has another currency', () => {
    given(deposit(10_000, 'EUR'))
      .when(authorizePayment, order)
      .thenEmitsLike('PaymentFailed', { reason: 'currency-mismatch' });
  });

  it('finds the account of a customer id in upper case', () => {
    const shouted = exampleOrder({ customerId: customerId.toUpperCase() });
    given(deposit(10_000)).when(authorizePayment, shouted).thenEmitsLike('PaymentAuthorized');
  });

  it('does not call the provider', async () => {
    await authorizePayment.call!(order, { provider: undefined });
  });
});

describe('authorize-payment by card', () => {
  const byCard = exampleOrder({ customerId: null, payment: { method: 'card', token: 'tok_visa' } });

  it('emits the provider’s authorization', () => {
    given()
      .when(authorizePayment, byCard, { answer: 'authorized', authorization: 'auth_1' })
      .thenEmits(PaymentAuthorized({ ...orderDetailsOf(byCard), authorization: 'auth_1' }))
      .leaves(paymentOf(byCard), { status: 'authorized', authorization: 'auth_1' });
  });

  it('fails if the card is declined', () => {
    given()
      .when(authorizePayment, byCard, { answer: 'declined', reason: 'card-declined' })
      .thenEmits(PaymentFailed({ ...orderDetailsOf(byCard), reason: 'card-declined' }));
  });

  it('ignores a reversed reference: return-payment continues the saga', () => {
    given().when(authorizePayment, byCard, { answer: 'reversed' }).thenIgnores();
  });

  it('does not change the account of a customer who pays by card', () => {
    const ada = { ...byCard, customerId };
    given(deposit(10_000))
      .when(authorizePayment, ada, { answer: 'authorized', authorization: 'auth_1' })
      .leaves(accountOf(customerId), { available: 10_000, held: 0 });
  });
});

describe('authorize-payment, late or repeated', () => {
  const undo = { ...orderDetailsOf(order), reason: 'changed-mind' };

  it('ignores an authorized payment', () => {
    given(deposit(20_000), PaymentAuthorized(orderDetailsOf(order)))
      .when(authorizePayment, order)
      .thenIgnores();
  });

  it('ignores a failed payment, even if the account could pay now', () => {
    given(deposit(20_000), PaymentFailed({ ...undo, reason: 'insufficient-funds' }))
      .when(authorizePayment, order)
      .thenIgnores();
  });

  it('ignores a captured payment', () => {
    given(deposit(20_000), PaymentAuthorized(orderDetailsOf(order)), PaymentCaptured(orderDetailsOf(order)))
      .when(authorizePayment, order)
      .thenIgnores();
  });

  it('ignores a payment that was returned before', () => {
    given(deposit(20_000), PaymentVoided({ ...undo, amount: 0 }))
      .when(authorizePayment, order)
      .thenIgnores();
  });
});
