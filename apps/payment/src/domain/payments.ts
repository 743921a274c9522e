import type { Ref } from '@quadrille/choreography';
import { aggregate, type OrderDetails, type ShopEvent } from '@quadrille/contracts';

/** The facts of a payment after its first event. */
export interface PaymentFacts {
  readonly method: 'account' | 'card';
  /** The order's total in minor units, independent of the status. */
  readonly amount: number;
  readonly currency: string;
  readonly customerId: string | null;
  /** The provider's id of the hold on the card. */
  readonly authorization?: string;
  /** The reason code of a failure or return. */
  readonly reason?: string;
  /** When it last changed, ISO 8601. */
  readonly at: string;
}

/** The status of a payment. `voided` is also the tombstone of a payment that was returned before its authorization. */
export type PaymentStatus = 'authorized' | 'failed' | 'captured' | 'capture-failed' | 'voided' | 'refunded';
export type Payment = { readonly status: 'none' } | (PaymentFacts & { readonly status: PaymentStatus });

/** The status of a payment after each event. */
const STATUS_AFTER: Partial<Record<ShopEvent['type'], PaymentStatus>> = {
  PaymentAuthorized: 'authorized',
  PaymentFailed: 'failed',
  PaymentCaptured: 'captured',
  PaymentCaptureFailed: 'capture-failed',
  PaymentVoided: 'voided',
  PaymentRefunded: 'refunded',
};

/** Payments by order. */
export const payments = aggregate<Payment>('payments', {
  initial: () => ({ status: 'none' }),
  evolve(payment, event, at) {
    const status = STATUS_AFTER[event.type];
    if (!status) return payment;
    const data = event.data as OrderDetails & { authorization?: string; reason?: string };
    const authorization = data.authorization ?? (payment.status === 'none' ? undefined : payment.authorization);
    return {
      status,
      method: data.payment.method,
      amount: data.total,
      currency: data.currency,
      customerId: data.customerId,
      ...(authorization !== undefined && { authorization }),
      ...(data.reason !== undefined && { reason: data.reason }),
      at,
    };
  },
});

/** The payment of an order. The id is normalised to PostgreSQL's spelling of a UUID. */
export const paymentOf = ({ orderId }: OrderDetails): Ref<Payment> => payments.of(orderId.toLowerCase());
