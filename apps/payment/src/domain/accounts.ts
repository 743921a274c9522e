import type { Ref } from '@quadrille/choreography';
import { aggregate, type OrderDetails } from '@quadrille/contracts';
import { postingsOf } from './postings.js';

/** A customer's account in one currency, fixed by the first deposit; amounts in minor units. */
export type Account =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'open';
      readonly currency: string;
      /** Available for payments. */
      readonly available: number;
      /** Held for payments that are authorized and not captured. */
      readonly held: number;
      /** When it last changed, ISO 8601. */
      readonly at: string;
    };

/** The maximum balance in minor units: far below the largest safe integer, so that refunds stay exact. */
export const MAX_BALANCE = 1_000_000_000_000_000;

/** Customer accounts by customer. A balance is the sum of its postings. */
export const accounts = aggregate<Account>('accounts', {
  initial: () => ({ status: 'unknown' }),
  evolve(account, event, at) {
    const postings = postingsOf(event);
    const credited = (name: string) =>
      postings.reduce((sum, posting) => (posting.account === name ? sum - posting.amount : sum), 0);
    const available = credited('customer-available');
    const held = credited('customer-held');
    if (available === 0 && held === 0) return account;
    const before = account.status === 'open' ? account : { available: 0, held: 0 };
    return {
      status: 'open',
      currency: postings[0]!.currency,
      available: before.available + available,
      held: before.held + held,
      at,
    };
  },
});

/** The account of a customer. The id is normalised to PostgreSQL's spelling of a UUID. */
export const accountOf = (customerId: string): Ref<Account> => accounts.of(customerId.toLowerCase());

/** The account that pays an order; undefined for a card. */
export const accountPaying = ({ payment, customerId }: OrderDetails): Ref<Account> | undefined =>
  payment.method === 'account' && customerId !== null ? accountOf(customerId) : undefined;

/** The reason code why an account cannot pay; undefined if it can. */
export function whyNotPaid(account: Account | undefined, total: number, currency: string): string | undefined {
  if (account === undefined || account.status === 'unknown') return 'unknown-account';
  if (account.currency !== currency) return 'currency-mismatch';
  return account.available < total ? 'insufficient-funds' : undefined;
}
