import { reject } from '@quadrille/choreography';
import { FundsDeposited, step } from '@quadrille/contracts';
import { accountOf, MAX_BALANCE } from '../domain/accounts.js';
import { ledger } from '../domain/ledger.js';

/** A customer pays in: the first deposit opens the account and fixes its currency. */
export const depositFunds = step('deposit-funds', {
  loads: ({ customerId, depositId }) => ({ account: accountOf(customerId), ledger: ledger.of(depositId) }),
  decide({ account }, deposit) {
    const balance = account.status === 'open' ? account.available + account.held : 0;
    if (account.status === 'open' && account.currency !== deposit.currency) {
      return reject(422, 'currency-mismatch', `This account is kept in ${account.currency}.`, ['/currency']);
    }
    if (balance + deposit.amount > MAX_BALANCE) {
      return reject(422, 'balance-too-large', `An account holds at most ${MAX_BALANCE} in minor units.`, ['/amount']);
    }
    return FundsDeposited(deposit);
  },
});
