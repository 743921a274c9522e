import { ignore } from '@quadrille/choreography';
import { orderDetailsOf, PaymentRefunded, PaymentVoided, step } from '@quadrille/contracts';
import { accountPaying } from '../domain/accounts.js';
import { ledger } from '../domain/ledger.js';
import { paymentOf } from '../domain/payments.js';
import type { Gateways } from '../gateways/payment-provider.js';

/**
 * Compensation: voids the hold or refunds the captured amount. It always calls the provider to reverse, independent of the payment's
 * state, so that a hold still in flight is refused there too.
 */
export const returnPayment = step('return-payment', {
  loads: (undo) => ({
    payment: paymentOf(undo),
    account: accountPaying(undo),
    ledger: ledger.of(undo.orderId),
  }),
  call({ orderId, payment }, { provider }: Gateways): Promise<void> | undefined {
    return payment.method === 'card' ? provider.reverse(orderId) : undefined;
  },
  decide({ payment }, undo) {
    const back = { ...orderDetailsOf(undo), reason: undo.reason };
    switch (payment.status) {
      case 'none':
        return PaymentVoided({ ...back, amount: 0 });
      case 'authorized':
      case 'capture-failed':
        return PaymentVoided({ ...back, amount: payment.amount });
      case 'captured':
        return PaymentRefunded({ ...back, amount: payment.amount });
      default:
        return ignore;
    }
  },
});
