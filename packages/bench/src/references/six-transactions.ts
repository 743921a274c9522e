import type pg from 'pg';
import {
  authorize,
  capture,
  end,
  type Order,
  place,
  Refused,
  refusePayment,
  reserve,
  ship,
  voidPayment,
} from './checkout.js';
import type { Carry, Pools } from './server.js';

/**
 * Six transactions in sequence, each in one database, without recovery: a crash between two of them leaves the order incomplete.
 * This is the cost of an order without guarantees, the lower bound for every protocol.
 */
export const sixTransactions: Carry = async ({ work: pools }, order) => {
  await within(pools.order, (client) => place(client, order, 'PLACED'));
  const reason = await refusalOf(pools, order);
  await within(pools.order, (client) => end(client, order, reason ? 'CANCELLED' : 'COMPLETED', reason));
};

async function refusalOf(pools: Pools, order: Order): Promise<string | undefined> {
  let authorized = false;
  try {
    await within(pools.payment, (client) => authorize(client, order));
    authorized = true;
    await within(pools.inventory, (client) => reserve(client, order, 'committed'));
    await within(pools.shipping, (client) => ship(client, order, 'dispatched'));
    await within(pools.payment, (client) => capture(client, order));
    return undefined;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await within(pools.payment, (client) => (authorized ? voidPayment : refusePayment)(client, order));
    return error.message;
  }
}

/** Runs `work` in a transaction; rolls back if it throws. On a pool with pipelines, `begin` travels with the first statement. */
export async function within<Result>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    const [, result] = await Promise.all([client.query('begin'), work(client)]);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
