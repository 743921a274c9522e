import { ignore } from '@quadrille/choreography';
import { type OrderDetails, orderDetailsOf, PaymentAuthorized, PaymentFailed, step } from '@quadrille/contracts';
import { accountPaying, whyNotPaid } from '../domain/accounts.js';
import { ledger } from '../domain/ledger.js';
import { paymentOf } from '../domain/payments.js';
import type { Authorization, Gateways } from '../gateways/payment-provider.js';

/** An order was created: holds its total on the customer's account or on the card. */
export const authorizePayment = step('authorize-payment', {
  loads: (order) => ({
    payment: paymentOf(order),
    account: accountPaying(order),
    ledger: ledger.of(order.orderId),
  }),
  call({ orderId, total, currency, payment }, { provider }: Gateways): Promise<Authorization> | undefined {
    return payment.method === 'card' ? provider.authorize(orderId, total, currency, payment.token) : undefined;
  },
  decide({ payment, account }, order, card) {
    if (payment.status !== 'none') return ignore;
    if (order.payment.method === 'account') {
      const refusal = whyNotPaid(account, order.total, order.currency);
      return refusal ? failed(order, refusal) : PaymentAuthorized(orderDetailsOf(order));
    }
    // Already reversed: return-payment has called the provider and will emit the outcome.
    if (!card || card.answer === 'reversed') return ignore;
    if (card.answer === 'declined') return failed(order, card.reason);
    return PaymentAuthorized({ ...orderDetailsOf(order), authorization: card.authorization });
  },
});

const failed = (order: OrderDetails, reason: string) => PaymentFailed({ ...orderDetailsOf(order), reason });
