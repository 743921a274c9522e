import type { ShopEvent } from '@quadrille/contracts';

/** The accounts of the ledger. The two customer accounts exist once per customer id. */
export type LedgerAccount = 'cash' | 'provider-receivable' | 'revenue' | 'customer-available' | 'customer-held';

/** One line of a ledger transaction: a debit is positive, a credit negative, in minor units. */
export interface Posting {
  readonly account: LedgerAccount;
  /** Set only for the accounts of a customer. */
  readonly customerId: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly orderId: string | null;
}

/** The customer, currency and order of a transaction. */
interface About {
  readonly customerId: string | null;
  readonly currency: string;
  readonly orderId?: string;
}

/** The ledger transaction of an event; it sums to 0. Empty if the event moves no money. */
export function postingsOf(event: ShopEvent): readonly Posting[] {
  switch (event.type) {
    case 'FundsDeposited':
      return moved(event.data.amount, 'cash', 'customer-available', event.data);
    case 'PaymentAuthorized':
      return byCard(event.data) ? [] : moved(event.data.total, 'customer-available', 'customer-held', event.data);
    case 'PaymentCaptured':
      return moved(
        event.data.total,
        byCard(event.data) ? 'provider-receivable' : 'customer-held',
        'revenue',
        event.data,
      );
    case 'PaymentVoided':
      return byCard(event.data) ? [] : moved(event.data.amount, 'customer-held', 'customer-available', event.data);
    case 'PaymentRefunded':
      return moved(
        event.data.amount,
        'revenue',
        byCard(event.data) ? 'provider-receivable' : 'customer-available',
        event.data,
      );
    default:
      return [];
  }
}

const byCard = ({ payment }: { readonly payment: { readonly method: string } }): boolean => payment.method === 'card';

/** Debits one account and credits another. */
function moved(amount: number, debit: LedgerAccount, credit: LedgerAccount, about: About): Posting[] {
  if (amount === 0) return [];
  return [posting(debit, amount, about), posting(credit, -amount, about)];
}

const posting = (account: LedgerAccount, amount: number, { customerId, currency, orderId }: About): Posting => ({
  account,
  customerId: account.startsWith('customer-') ? customerId : null,
  amount,
  currency,
  orderId: orderId ?? null,
});
