import { nothing } from '@quadrille/choreography';
import { forward, type Itinerary, PaymentAuthorized, PaymentFailed, step } from '@quadrille/contracts';
import { accountPaying, whyNotPaid } from '../domain/accounts.js';
import { ledger } from '../domain/ledger.js';
import { paymentOf } from '../domain/payments.js';
import type { Authorization, Outside } from '../outside/payment-provider.js';

/** An order was created: hold its total, on the customer's account or on the card. */
export const authorizePayment = step('authorize-payment', {
  touches: (order) => ({
    payment: paymentOf(order),
    account: accountPaying(order),
    ledger: ledger.of(order.orderId),
  }),
  ask({ orderId, total, currency, payment }, { provider }: Outside): Promise<Authorization> | undefined {
    return payment.method === 'card' ? provider.authorize(orderId, total, currency, payment.token) : undefined;
  },
  decide({ payment, account }, order, card) {
    if (payment.status !== 'none') return nothing;
    if (order.payment.method === 'account') {
      const refusal = whyNotPaid(account, order.total, order.currency);
      return refusal ? failed(order, refusal) : PaymentAuthorized(forward(order));
    }
    // Reversed already: return-payment has asked the provider, and will say how it ends when its own turn comes.
    if (!card || card.answer === 'reversed') return nothing;
    if (card.answer === 'declined') return failed(order, card.reason);
    return PaymentAuthorized({ ...forward(order), authorization: card.authorization });
  },
});

const failed = (order: Itinerary, reason: string) => PaymentFailed({ ...forward(order), reason });
