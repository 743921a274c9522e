import type { Ref } from '@quadrille/choreography';
import { aggregate, type OrderDetails } from '@quadrille/contracts';
import { postingsOf } from './postings.js';

/** A customer's account in its one currency, fixed by the first deposit; amounts in minor units. */
export type Account =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'open';
      readonly currency: string;
      /** Free to be spent. */
      readonly available: number;
      /** Set aside for payments that are authorized and not yet captured. */
      readonly held: number;
      /** When it last changed, ISO 8601. */
      readonly at: string;
    };

/** The most an account may hold, in minor units: far below the largest safe integer, so that refunds stay exact. */
export const MAX_BALANCE = 1_000_000_000_000_000;

/** Customer accounts, by customer. A balance is nothing but the sum of its postings. */
export const accounts = aggregate<Account>('accounts', {
  initial: () => ({ status: 'unknown' }),
  evolve(account, said, at) {
    const postings = postingsOf(said);
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

/** The account of a customer, however the id was written: PostgreSQL knows one spelling of a UUID. */
export const accountOf = (customerId: string): Ref<Account> => accounts.of(customerId.toLowerCase());

/** The account an order is paid from; none for a card. */
export const accountPaying = ({ payment, customerId }: OrderDetails): Ref<Account> | undefined =>
  payment.method === 'account' && customerId !== null ? accountOf(customerId) : undefined;

/** Why an account cannot pay, as a stable word; undefined when it can. */
export function whyNotPaid(account: Account | undefined, total: number, currency: string): string | undefined {
  if (account === undefined || account.status === 'unknown') return 'unknown-account';
  if (account.currency !== currency) return 'currency-mismatch';
  return account.available < total ? 'insufficient-funds' : undefined;
}
