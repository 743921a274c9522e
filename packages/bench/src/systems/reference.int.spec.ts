import { describe, expect, it } from '@jest/globals';
import { mixedOrder } from '../load/order-requests.js';
import { place } from '../load/place.js';
import { oneRow } from '../measure/statements.js';
import { CHOREOGRAPHIES, type Choreography } from '../references/events.js';
import { startReference } from './reference.js';
import { demandPromises, type Reference } from './shop.js';
import { withStarted } from './started.js';

const ORDERS = 200;
const REST_WITHIN_MS = 60_000;

const REFERENCES: readonly Reference[] = [
  'six-transactions',
  'two-phase-commit',
  ...(Object.keys(CHOREOGRAPHIES) as Choreography[]),
];

describe.each(REFERENCES)('the reference %s', (reference) => {
  it('ends every order, even under contention, and passes the audit', async () => {
    await withStarted(async (started) => {
      const shop = await startReference(reference, started);
      await place(shop.orderUrl, ORDERS, mixedOrder);
      await shop.atRest(REST_WITHIN_MS);
      const counts = `select count(*) filter (where status = 'COMPLETED')::int as completed,
                             count(*) filter (where reason = 'out-of-stock')::int as "outOfStock",
                             count(*) filter (where reason = 'insufficient-funds')::int as "noMoney" from orders`;
      expect(await oneRow(shop.databases.order!, counts)).toEqual({ completed: 194, outOfStock: 4, noMoney: 2 });
      await demandPromises(shop);
    });
  });
});
