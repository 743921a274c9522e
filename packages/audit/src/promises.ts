import type { Books } from './books.js';
import { allAgree } from './promises/all-agree.js';
import { cancelledIsUndone } from './promises/cancelled-is-undone.js';
import { completedIsWhole } from './promises/completed-is-whole.js';
import { everyEventOnce } from './promises/every-event-once.js';
import { everyOrderEnds } from './promises/every-order-ends.js';
import { moneyBalances } from './promises/money-balances.js';
import { stockAddsUp } from './promises/stock-adds-up.js';
import type { Verdict } from './verdict.js';

type Promised = (books: Books) => Verdict;

/** Promises that need no records, only the books of the services. */
export const PROMISES_OF_BOOKS: readonly Promised[] = [
  everyOrderEnds,
  completedIsWhole,
  cancelledIsUndone,
  stockAddsUp,
  moneyBalances,
];

/** The seven promises of the checkout, in their order. */
export const PROMISES: readonly Promised[] = [...PROMISES_OF_BOOKS, everyEventOnce, allAgree];
