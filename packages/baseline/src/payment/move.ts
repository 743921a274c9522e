import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Account } from './account.js';
import { LedgerPosting } from './ledger-posting.js';

/** Ledger accounts; the first two belong to a customer. */
export type LedgerAccount = 'customer-available' | 'customer-held' | 'revenue';

/** Moves an amount of an order between two accounts: two postings, and the customer's row if one of the accounts is theirs. */
export async function move(
  manager: EntityManager,
  { orderId, customerId, total }: { orderId: string; customerId: string | null; total: number },
  from: LedgerAccount,
  to: LedgerAccount,
): Promise<void> {
  if (total === 0) return;
  const transactionId = randomUUID();
  const posting = (account: LedgerAccount, amount: number) => ({
    transactionId,
    account,
    customerId: account === 'revenue' ? null : customerId,
    amount,
    orderId,
  });
  await manager.insert(LedgerPosting, [posting(from, total), posting(to, -total)]);
  const change = (account: LedgerAccount) => (to === account ? total : 0) - (from === account ? total : 0);
  await manager
    .createQueryBuilder()
    .update(Account)
    .set({
      available: () => `available + ${change('customer-available')}`,
      held: () => `held + ${change('customer-held')}`,
    })
    .where({ customerId })
    .execute();
}
