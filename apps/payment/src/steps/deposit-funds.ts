import { reject } from '@quadrille/choreography';
import { FundsDeposited, step } from '@quadrille/contracts';
import { accountOf, MAX_BALANCE } from '../domain/accounts.js';
import { ledger } from '../domain/ledger.js';

/** A customer deposits money: the first deposit opens the account and fixes its currency. */
export const depositFunds = step('deposit-funds', {
  loads: ({ customerId, depositId }) => ({ account: accountOf(customerId), ledger: ledger.of(depositId) }),
  decide({ account }, deposit) {
    const balance = account.status === 'open' ? account.available + account.held : 0;
    if (account.status === 'open' && account.currency !== deposit.currency) {
      return reject(422, 'currency-mismatch', `The account's currency is ${account.currency}.`, ['/currency']);
    }
    if (balance + deposit.amount > MAX_BALANCE) {
      return reject(
        422,
        'balance-too-large',
        `The balance of an account is limited to ${MAX_BALANCE} in minor units.`,
        ['/amount'],
      );
    }
    return FundsDeposited(deposit);
  },
});
