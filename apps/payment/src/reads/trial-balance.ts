import type { DataSource } from 'typeorm';
import { z } from 'zod';

/** The trial balance. The database decides exactly whether the ledger balances; sums beyond 2^53 are returned rounded. */
export const TrialBalance = z.object({
  balanced: z.boolean().describe('True if `total`, `unbalancedTransactions` and `accountsThatDiffer` are 0.'),
  transactions: z.int().describe('The number of ledger transactions.'),
  total: z.number().describe('Sum of all postings of all currencies; must be 0.'),
  unbalancedTransactions: z.int().describe('Transactions that do not sum to 0; must be 0.'),
  accountsThatDiffer: z.int().describe('Customer accounts that differ from the sum of their postings; must be 0.'),
  accounts: z.array(
    z.object({
      account: z.string(),
      currency: z.string(),
      balance: z.number().describe('Minor units; debits are positive, credits negative.'),
      postings: z.int(),
    }),
  ),
});
export type TrialBalance = z.infer<typeof TrialBalance>;

interface Row {
  transactions: string;
  unbalanced: string;
  differing: string;
  accounts: { account: string; currency: string; balance: string; postings: number }[];
  total: string;
}

/** Adds up the whole ledger in one statement, which reads a consistent snapshot. */
export async function trialBalance(dataSource: DataSource): Promise<TrialBalance> {
  const [row] = await dataSource.query<[Row]>(`
    with sums as (
      select account, currency, sum(amount) as balance, count(*)::int as postings
      from ledger_postings group by account, currency
    ), of_transactions as (
      select count(distinct transaction_id) as transactions, count(*) filter (where sum <> 0) as unbalanced
      from (select transaction_id, sum(amount) from ledger_postings group by transaction_id, currency) as each
    ), of_customers as (
      select customer_id,
             -coalesce(sum(amount) filter (where account = 'customer-available'), 0) as available,
             -coalesce(sum(amount) filter (where account = 'customer-held'), 0) as held
      from ledger_postings where customer_id is not null group by customer_id
    ), differing as (
      select count(*) as differing
      from accounts a full join of_customers c using (customer_id)
      where a.available is distinct from c.available or a.held is distinct from c.held
    )
    select transactions, unbalanced, differing,
           (select coalesce(sum(balance), 0) from sums) as total,
           (select coalesce(json_agg(json_build_object('account', account, 'currency', currency,
                                                       'balance', balance::text, 'postings', postings)
                                     order by account, currency), '[]') from sums) as accounts
    from of_transactions, differing`);
  const counts = {
    total: Number(row.total),
    unbalancedTransactions: Number(row.unbalanced),
    accountsThatDiffer: Number(row.differing),
  };
  return {
    balanced: Object.values(counts).every((count) => count === 0),
    transactions: Number(row.transactions),
    ...counts,
    accounts: row.accounts.map((each) => ({ ...each, balance: Number(each.balance) })),
  };
}
