import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FaultProxy } from '@quadrille/chaos';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { Pool } from 'pg';
import { scopeOf } from './pg-errors.js';
import { poolOptions } from './pool-options.js';
import { transaction } from './transaction.js';

const LIMITS = {
  // A busy machine needs some time for a connection.
  DATABASE_CONNECT_TIMEOUT_MS: 4_000,
  STATEMENT_TIMEOUT_MS: 800,
  LOCK_TIMEOUT_MS: 300,
  IDLE_IN_TRANSACTION_TIMEOUT_MS: 500,
};
/** Shorter than an unbounded wait, longer than a busy machine needs. */
const SOON_MS = 20_000;
/** The end of daylight saving time in London: 01:30 occurred twice. */
const AMBIGUOUS = '2025-10-26T00:30:00.000Z';

let dir: string;
let postgres: LocalPostgres;
let proxy: FaultProxy;
let pool: Pool;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quadrille-bounds-'));
  postgres = await startPostgres({ dataDir: dir });
  await postgres.createService('order', 'p');
  proxy = await FaultProxy.listen(() => ({ host: '127.0.0.1', port: postgres.port }));
});
afterAll(async () => {
  await proxy?.close();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

beforeEach(() => {
  const url = new URL(postgres.url('order', 'order'));
  url.port = String(proxy.port);
  pool = new Pool({ connectionString: url.toString(), max: 2, ...poolOptions(LIMITS) });
  pool.on('error', () => {});
});
afterEach(() => pool.end());

/** Returns the error of this work, and expects it soon. */
async function failureOf(work: Promise<unknown>): Promise<Error & { code?: string }> {
  const began = Date.now();
  const error = await work.then(
    () => undefined,
    (failed: Error) => failed,
  );
  expect(error).toBeInstanceOf(Error);
  expect(Date.now() - began).toBeLessThan(SOON_MS);
  expect(['connection', 'locked']).toContain(scopeOf(error));
  return error as Error;
}

describe('the pool of a service', () => {
  it('limits the time of a statement', async () => {
    expect((await failureOf(transaction(pool, (tx) => tx.query('select pg_sleep(60)')))).code).toBe('57014');
  });

  it('limits the wait for a lock', async () => {
    const other = await pool.connect();
    await other.query('begin; select pg_advisory_xact_lock(1)');
    expect((await failureOf(transaction(pool, (tx) => tx.query('select pg_advisory_xact_lock(1)')))).code).toBe(
      '55P03',
    );
    await other.query('rollback');
    other.release();
  });

  it('ends a session that idles in a transaction', async () => {
    const heir = await pool.connect();
    const failed = transaction(pool, async (tx) => {
      await tx.query('select pg_advisory_xact_lock(2)');
      await heir.query('set lock_timeout = 0; select pg_advisory_lock(2)');
      await tx.query('select 1');
    });
    await failureOf(failed);
    heir.release(true);
  });

  it('rejects a request soon, with a message, when no connection is free', async () => {
    const all = [await pool.connect(), await pool.connect()];
    const error = await failureOf(transaction(pool, (tx) => tx.query('select 1')));
    expect(error.message).toBe('timeout exceeded when trying to connect');
    for (const client of all) client.release();
    await transaction(pool, (tx) => tx.query('select 1'));
  });

  it('drops a silent connection, and continues with a new one', async () => {
    await transaction(pool, (tx) => tx.query('select 1'));
    proxy.silence();
    expect((await failureOf(transaction(pool, (tx) => tx.query('select 1')))).message).toBe('Query read timeout');
    await transaction(pool, (tx) => tx.query('select 1'));
  });

  it.each(['Asia/Tokyo', 'America/St_Johns', 'Europe/London'])(
    'preserves a time in any session time zone: %s',
    async (zone) => {
      const rows = await transaction(pool, async (tx) => {
        await tx.query(`set local time zone '${zone}'`);
        await tx.query('create temporary table moments (at timestamptz) on commit drop');
        await tx.query('insert into moments values ($1), ($2)', [new Date(AMBIGUOUS), AMBIGUOUS]);
        return (await tx.query<{ at: Date }>('select at from moments')).rows;
      });
      expect(rows.map(({ at }) => at.toISOString())).toEqual([AMBIGUOUS, AMBIGUOUS]);
    },
  );
});
