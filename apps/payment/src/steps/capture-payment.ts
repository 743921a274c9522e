import { nothing } from '@quadrille/choreography';
import { forward, PaymentCaptured, PaymentCaptureFailed, step } from '@quadrille/contracts';
import { accountPaying } from '../domain/accounts.js';
import { ledger } from '../domain/ledger.js';
import { paymentOf } from '../domain/payments.js';
import type { Capture, Outside } from '../outside/payment-provider.js';

/** The parcel is booked: take the money that is held. */
export const capturePayment = step('capture-payment', {
  touches: (order) => ({
    payment: paymentOf(order),
    account: accountPaying(order),
    ledger: ledger.of(order.orderId),
  }),
  ask({ orderId, payment }, { provider }: Outside): Promise<Capture> | undefined {
    return payment.method === 'card' ? provider.capture(orderId) : undefined;
  },
  decide({ payment }, order, card) {
    if (payment.status !== 'authorized') return nothing;
    if (payment.method === 'account') return PaymentCaptured(forward(order));
    // Reversed already: return-payment has asked the provider, and will say how it ends when its own turn comes.
    if (!card || card.answer === 'reversed') return nothing;
    if (card.answer === 'declined') return PaymentCaptureFailed({ ...forward(order), reason: card.reason });
    return PaymentCaptured(forward(order));
  },
});
