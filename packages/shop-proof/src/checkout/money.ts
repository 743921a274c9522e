import type { OrderDetails } from '@quadrille/contracts';
import { accountOf } from '@quadrille/payment/domain/accounts';
import { ledger } from '@quadrille/payment/domain/ledger';
import type { LedgerAccount, Posting } from '@quadrille/payment/domain/postings';
import type { Look } from '@quadrille/proof/explore/look';

/** The key of the ledger under which a customer's money came in before anything began. */
export const depositOf = (customerId: string): string => `deposit of ${customerId}`;

const sumOf = (postings: readonly Posting[], account?: LedgerAccount): number =>
  postings.reduce((sum, posting) => (account && posting.account !== account ? sum : sum + posting.amount), 0);

/** What an order did to an account of the ledger: a debit is positive. */
export const netOf = (look: Look, { orderId }: OrderDetails, account: LedgerAccount): number =>
  sumOf(look.state(ledger.of(orderId)).transactions.flat(), account);

/** How often an order was turned into revenue. */
export const takenTimes = (look: Look, { orderId }: OrderDetails): number =>
  look
    .state(ledger.of(orderId))
    .transactions.filter((postings) => postings.some(({ account, amount }) => account === 'revenue' && amount < 0))
    .length;

/** Every transaction sums to 0, and each customer's account is nothing but its postings, never below 0. */
export function moneyIsKept(look: Look, orders: readonly OrderDetails[]): string | undefined {
  const customers = new Map<string, OrderDetails[]>();
  for (const order of orders) {
    const customer = order.customerId!;
    customers.set(customer, [...(customers.get(customer) ?? []), order]);
  }
  for (const [customer, theirs] of customers) {
    const wrong = moneyOfOneIsKept(look, customer, theirs);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function moneyOfOneIsKept(look: Look, customer: string, orders: readonly OrderDetails[]): string | undefined {
  const keys = [depositOf(customer), ...orders.map(({ orderId }) => orderId)];
  const transactions = keys.flatMap((key) => look.state(ledger.of(key)).transactions);
  const unbalanced = transactions.find((postings) => sumOf(postings) !== 0);
  if (unbalanced) return `A ledger transaction sums to ${sumOf(unbalanced)}: ${JSON.stringify(unbalanced)}.`;
  const account = look.state(accountOf(customer));
  if (account.status === 'unknown') return undefined;
  const { available, held } = account;
  if (available < 0 || held < 0) return `The account has ${available} available and ${held} held.`;
  const postings = transactions.flat();
  const [free, aside] = [-sumOf(postings, 'customer-available'), -sumOf(postings, 'customer-held')];
  if (available === free && held === aside) return undefined;
  return `The account says ${available} and ${held} held, its postings ${free} and ${aside}.`;
}
