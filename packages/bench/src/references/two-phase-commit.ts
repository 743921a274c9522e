import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { authorize, capture, end, type Order, place, Refused, refusePayment, reserve, ship } from './checkout.js';
import type { Carry, Connections, Pools } from './server.js';
import { within } from './six-transactions.js';
import { SERVICES, type ServiceOfReference } from './tables.js';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const LOCK_NOT_AVAILABLE = '55P03';
const LOCK_TIMEOUT_MS = 100;

type Work = Readonly<Record<ServiceOfReference, (client: pg.PoolClient, order: Order) => Promise<void>>>;

const WORK: Work = {
  order: (client, order) => place(client, order, 'COMPLETED'),
  payment: async (client, order) => {
    await authorize(client, order);
    await capture(client, order);
  },
  inventory: (client, order) => reserve(client, order, 'committed'),
  shipping: (client, order) => ship(client, order, 'dispatched'),
};

/**
 * Two-phase commit with a logged coordinator: concurrent prepare, decision committed to a log, concurrent finish. Recovery is
 * omitted: runs on new databases never need it, it adds no cost, and the lab's protocol has it.
 */
export const twoPhaseCommit: Carry = async (connections, order) => {
  let no = await decide(connections, order);
  // No database detects a deadlock across two databases. A lock timeout therefore counts as a vote no, and the order is retried.
  while (no && isLockTimeout(no)) {
    await pause(Math.random() * LOCK_TIMEOUT_MS);
    no = await decide(connections, order);
  }
  if (no && !(no instanceof Refused)) throw no;
  if (no) await cancel(connections.work, order, no.message);
};

/** Runs both phases. Resolves with the first vote no, or undefined after a commit. */
async function decide({ work, decisions }: Connections, order: Order): Promise<Error | undefined> {
  const votes = await Promise.allSettled(SERVICES.map((service) => prepare(work[service], service, order)));
  const no: Error | undefined = votes.find((vote) => vote.status === 'rejected')?.reason;
  if (!no) await decisions.order.query(`insert into decisions (name, decision) values ($1, 'commit')`, [order.orderId]);
  const prepared = SERVICES.filter((_, at) => votes[at]!.status === 'fulfilled');
  await Promise.all(
    prepared.map((service) => finish(decisions[service], nameOf(service, order.orderId), no ? 'rollback' : 'commit')),
  );
  return no;
}

const isLockTimeout = (error: Error): boolean => (error as pg.DatabaseError).code === LOCK_NOT_AVAILABLE;

async function prepare(pool: pg.Pool, service: ServiceOfReference, order: Order): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`begin; set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await WORK[service](client, order);
    await client.query(`prepare transaction '${nameOf(service, order.orderId)}'`);
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

/** Names of prepared transactions are global to a server. */
const nameOf = (service: ServiceOfReference, orderId: string): string => `${service}:${orderId}`;

const finish = (pool: pg.Pool, name: string, decision: 'commit' | 'rollback') =>
  pool.query(`${decision} prepared '${name}'`);

async function cancel(pools: Pools, order: Order, reason: string): Promise<void> {
  await within(pools.payment, (client) => refusePayment(client, order));
  await within(pools.order, async (client) => {
    await place(client, order, 'PLACED');
    await end(client, order, 'CANCELLED', reason);
  });
}
