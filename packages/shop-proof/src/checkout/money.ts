import type { OrderDetails } from '@quadrille/contracts';
import { accountOf } from '@quadrille/payment/domain/accounts';
import { ledger } from '@quadrille/payment/domain/ledger';
import type { LedgerAccount, Posting } from '@quadrille/payment/domain/postings';
import type { Look } from '@quadrille/proof/explore/look';

/** The ledger key of a customer's deposit before the exploration. */
export const depositOf = (customerId: string): string => `deposit of ${customerId}`;

const sumOf = (postings: readonly Posting[], account?: LedgerAccount): number =>
  postings.reduce((sum, posting) => (account && posting.account !== account ? sum : sum + posting.amount), 0);

/** Returns the net change of a ledger account by an order: a debit is positive. */
export const netOf = (look: Look, { orderId }: OrderDetails, account: LedgerAccount): number =>
  sumOf(look.state(ledger.of(orderId)).transactions.flat(), account);

/** Returns the number of transactions that booked an order as revenue. */
export const takenTimes = (look: Look, { orderId }: OrderDetails): number =>
  look
    .state(ledger.of(orderId))
    .transactions.filter((postings) => postings.some(({ account, amount }) => account === 'revenue' && amount < 0))
    .length;

/** Checks that every transaction sums to 0, and that each customer's account equals the sum of its postings and is not negative. */
export function moneyIsConserved(look: Look, orders: readonly OrderDetails[]): string | undefined {
  const customers = new Map<string, OrderDetails[]>();
  for (const order of orders) {
    const customer = order.customerId!;
    customers.set(customer, [...(customers.get(customer) ?? []), order]);
  }
  for (const [customer, theirs] of customers) {
    const wrong = moneyOfOneIsConserved(look, customer, theirs);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function moneyOfOneIsConserved(look: Look, customer: string, orders: readonly OrderDetails[]): string | undefined {
  const keys = [depositOf(customer), ...orders.map(({ orderId }) => orderId)];
  const transactions = keys.flatMap((key) => look.state(ledger.of(key)).transactions);
  const unbalanced = transactions.find((postings) => sumOf(postings) !== 0);
  if (unbalanced) return `A ledger transaction sums to ${sumOf(unbalanced)}: ${JSON.stringify(unbalanced)}.`;
  const account = look.state(accountOf(customer));
  if (account.status === 'unknown') return undefined;
  const { available, held } = account;
  if (available < 0 || held < 0) return `The account has ${available} available and ${held} held.`;
  const postings = transactions.flat();
  const [free, reserved] = [-sumOf(postings, 'customer-available'), -sumOf(postings, 'customer-held')];
  if (available === free && held === reserved) return undefined;
  return `The account has ${available} available and ${held} held, but its postings ${free} and ${reserved}.`;
}
