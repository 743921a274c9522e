import { describe, it } from '@jest/globals';
import { FundsDeposited } from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import { accountOf, MAX_BALANCE } from '../domain/accounts.js';
import { depositFunds } from './deposit-funds.js';

const customerId = '01980000-0000-7000-8000-0000000000ad';
const deposit = (amount: number, currency: 'GBP' | 'EUR' = 'GBP') => ({
  customerId,
  depositId: '01980000-0000-7000-8000-0000000000d1',
  amount,
  currency,
});

describe('deposit-funds', () => {
  it('opens the account with the first deposit', () => {
    given()
      .when(depositFunds, deposit(500))
      .thenEmits(FundsDeposited(deposit(500)))
      .leaves(accountOf(customerId), { status: 'open', currency: 'GBP', available: 500, held: 0 });
  });

  it('adds to the balance', () => {
    given(FundsDeposited(deposit(500)))
      .when(depositFunds, deposit(250))
      .leaves(accountOf(customerId), { available: 750 });
  });

  it('rejects another currency than the account’s', () => {
    given(FundsDeposited(deposit(500)))
      .when(depositFunds, deposit(1, 'EUR'))
      .thenRejects('currency-mismatch');
  });

  it('rejects a balance that would not be exact', () => {
    given(FundsDeposited(deposit(MAX_BALANCE)))
      .when(depositFunds, deposit(1))
      .thenRejects('balance-too-large');
  });
});
