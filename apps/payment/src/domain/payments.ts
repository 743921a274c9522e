import type { Ref } from '@quadrille/choreography';
import { aggregate, type OrderDetails, type ShopEvent } from '@quadrille/contracts';

/** What is known of a payment once anything was said about it. */
export interface PaymentFacts {
  readonly method: 'account' | 'card';
  /** The order's total in minor units, whatever became of it. */
  readonly amount: number;
  readonly currency: string;
  readonly customerId: string | null;
  /** The provider's word for the hold on the card. */
  readonly authorization?: string;
  /** Why it failed or went back, as a stable word. */
  readonly reason?: string;
  /** When it last changed, ISO 8601. */
  readonly at: string;
}

/** How far a payment came. `voided` is also the tombstone of a payment that was returned before it was ever authorized. */
export type PaymentStatus = 'authorized' | 'failed' | 'captured' | 'capture-failed' | 'voided' | 'refunded';
export type Payment = { readonly status: 'none' } | (PaymentFacts & { readonly status: PaymentStatus });

/** What each event makes of a payment. */
const STATUS_AFTER: Partial<Record<ShopEvent['type'], PaymentStatus>> = {
  PaymentAuthorized: 'authorized',
  PaymentFailed: 'failed',
  PaymentCaptured: 'captured',
  PaymentCaptureFailed: 'capture-failed',
  PaymentVoided: 'voided',
  PaymentRefunded: 'refunded',
};

/** Payments, by order. */
export const payments = aggregate<Payment>('payments', {
  initial: () => ({ status: 'none' }),
  evolve(payment, said, at) {
    const status = STATUS_AFTER[said.type];
    if (!status) return payment;
    const data = said.data as OrderDetails & { authorization?: string; reason?: string };
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

/** The payment of an order, however the id was written: PostgreSQL knows one spelling of a UUID. */
export const paymentOf = ({ orderId }: OrderDetails): Ref<Payment> => payments.of(orderId.toLowerCase());
