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
export function postingsOf(said: ShopEvent): readonly Posting[] {
  switch (said.type) {
    case 'FundsDeposited':
      return moved(said.data.amount, 'cash', 'customer-available', said.data);
    case 'PaymentAuthorized':
      return byCard(said.data) ? [] : moved(said.data.total, 'customer-available', 'customer-held', said.data);
    case 'PaymentCaptured':
      return moved(said.data.total, byCard(said.data) ? 'provider-receivable' : 'customer-held', 'revenue', said.data);
    case 'PaymentVoided':
      return byCard(said.data) ? [] : moved(said.data.amount, 'customer-held', 'customer-available', said.data);
    case 'PaymentRefunded':
      return moved(
        said.data.amount,
        'revenue',
        byCard(said.data) ? 'provider-receivable' : 'customer-available',
        said.data,
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
