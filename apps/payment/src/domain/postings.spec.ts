import { describe, expect, it } from '@jest/globals';
import {
  exampleOrder,
  FundsDeposited,
  PaymentAuthorized,
  PaymentCaptured,
  PaymentCaptureFailed,
  PaymentFailed,
  PaymentRefunded,
  PaymentVoided,
  type ShopEvent,
} from '@quadrille/contracts';
import { postingsOf } from './postings.js';

const moves = (event: ShopEvent) =>
  Object.fromEntries(postingsOf(event).map(({ account, amount }) => [account, amount]));

const order = exampleOrder();
const { total } = order;
const customerId = order.customerId!;
const byCard = exampleOrder({ payment: { method: 'card' } });
const back = { reason: 'out-of-stock', amount: total };
const deposit = FundsDeposited({
  customerId,
  depositId: '01980000-0000-7000-8000-0000000000d1',
  amount: 500,
  currency: 'GBP',
});

describe('the ledger transaction of an event', () => {
  it('credits the customer with a deposit', () => {
    expect(moves(deposit)).toEqual({ cash: 500, 'customer-available': -500 });
  });

  it('holds, captures, voids and refunds on the account', () => {
    expect(moves(PaymentAuthorized(order))).toEqual({ 'customer-available': total, 'customer-held': -total });
    expect(moves(PaymentCaptured(order))).toEqual({ 'customer-held': total, revenue: -total });
    expect(moves(PaymentVoided({ ...order, ...back }))).toEqual({
      'customer-held': total,
      'customer-available': -total,
    });
    expect(moves(PaymentRefunded({ ...order, ...back }))).toEqual({ revenue: total, 'customer-available': -total });
  });

  it('posts a card payment only from the capture on, because a hold moves no money', () => {
    expect(moves(PaymentAuthorized(byCard))).toEqual({});
    expect(moves(PaymentVoided({ ...byCard, ...back }))).toEqual({});
    expect(moves(PaymentCaptured(byCard))).toEqual({ 'provider-receivable': total, revenue: -total });
    expect(moves(PaymentRefunded({ ...byCard, ...back }))).toEqual({ revenue: total, 'provider-receivable': -total });
  });

  it('is empty if no money moved', () => {
    expect(moves(PaymentFailed({ ...order, reason: 'unknown-account' }))).toEqual({});
    expect(moves(PaymentCaptureFailed({ ...byCard, reason: 'capture-declined' }))).toEqual({});
    expect(moves(PaymentVoided({ ...order, ...back, amount: 0 }))).toEqual({});
    expect(moves(PaymentAuthorized({ ...order, total: 0 }))).toEqual({});
  });

  it('sums to 0 and names the customer only on the customer’s own accounts', () => {
    for (const event of [deposit, PaymentAuthorized(order), PaymentCaptured(byCard), PaymentCaptured(order)]) {
      const postings = postingsOf(event);
      expect(postings.reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
      for (const { account, customerId: owner } of postings) {
        expect(owner).toBe(account.startsWith('customer-') ? customerId : null);
      }
    }
  });
});
