import { ignore } from '@quadrille/choreography';
import { orderDetailsOf, PaymentCaptured, PaymentCaptureFailed, step } from '@quadrille/contracts';
import { accountPaying } from '../domain/accounts.js';
import { ledger } from '../domain/ledger.js';
import { paymentOf } from '../domain/payments.js';
import type { Capture, Gateways } from '../gateways/payment-provider.js';

/** The shipment is booked: captures the held amount. */
export const capturePayment = step('capture-payment', {
  loads: (order) => ({
    payment: paymentOf(order),
    account: accountPaying(order),
    ledger: ledger.of(order.orderId),
  }),
  call({ orderId, payment }, { provider }: Gateways): Promise<Capture> | undefined {
    return payment.method === 'card' ? provider.capture(orderId) : undefined;
  },
  decide({ payment }, order, card) {
    if (payment.status !== 'authorized') return ignore;
    if (payment.method === 'account') return PaymentCaptured(orderDetailsOf(order));
    // Already reversed: return-payment has called the provider and will emit the outcome.
    if (!card || card.answer === 'reversed') return ignore;
    if (card.answer === 'declined') return PaymentCaptureFailed({ ...orderDetailsOf(order), reason: card.reason });
    return PaymentCaptured(orderDetailsOf(order));
  },
});
