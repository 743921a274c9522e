import type { Books } from '../books.js';
import { type Verdict, verdict } from '../verdict.js';

/** Money is neither created nor lost. */
export function moneyBalances({ ledger }: Pick<Books, 'ledger'>): Verdict {
  return verdict('every ledger transaction sums to 0', { transactions: ledger.transactions, total: ledger.total }, [
    ...(ledger.unbalanced > 0
      ? [`${ledger.unbalanced} transactions do not sum to 0: ${ledger.unbalancedSums.join(', ')}`]
      : []),
    ...(ledger.total !== 0 ? [`all postings together are ${ledger.total}`] : []),
    ...ledger.accountsThatDiffer.map((customer) => `the account of ${customer} is not the sum of its postings`),
  ]);
}
