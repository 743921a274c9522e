import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { Pool } from 'pg';
import { migrate } from './migrate.js';
import { runnerMigrations } from './migrations.js';
import { purgeIdempotencyKeys, Retention } from './retention.js';

let dir: string;
let postgres: LocalPostgres;
let pool: Pool;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quadrille-retention-'));
  postgres = await startPostgres({ dataDir: dir });
  const url = await postgres.createService('order', 'p');
  await migrate(url, runnerMigrations);
  pool = new Pool({ connectionString: url, max: 4 });
});
afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

beforeEach(async () => {
  await pool.query('truncate idempotency_keys');
  await pool.query(
    `insert into idempotency_keys (owner, key, request_hash, outcome, created_at)
     select 'alice', n::text, 'hash', '{}', now() - make_interval(hours => case when n <= 25 then 30 else 1 end)
     from generate_series(1, 40) n`,
  );
});

const retention = (chunkRows: number) =>
  new Retention({
    pool,
    rules: [purgeIdempotencyKeys(24)],
    intervalSeconds: 3_600,
    chunkRows,
    log: { info: () => {}, error: () => {} },
  });

const left = async () => Number((await pool.query('select count(*) as n from idempotency_keys')).rows[0].n);

describe('retention', () => {
  it('removes old rows in chunks, and no others', async () => {
    await expect(retention(10).sweep()).resolves.toEqual({ 'idempotency keys': 25 });
    expect(await left()).toBe(15);
  });

  it('runs on one instance at a time', async () => {
    const other = await pool.connect();
    await other.query('begin');
    await other.query('select pg_advisory_xact_lock(7226172002)');
    await expect(retention(10).sweep()).resolves.toEqual({ 'idempotency keys': 0 });
    await other.query('rollback');
    other.release();
    expect(await left()).toBe(40);
  });
});
