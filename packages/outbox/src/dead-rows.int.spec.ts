import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { discardDead, listDead, outboxMigrations, purgeDecisions, redriveDead, showDead } from './index.js';

let dir: string;
let postgres: LocalPostgres;
let pool: Pool;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quadrille-dead-rows-'));
  postgres = await startPostgres({ dataDir: dir });
  const url = await postgres.createService('order', 'p');
  const source = await new DataSource({ type: 'postgres', url, migrations: outboxMigrations }).initialize();
  await source.runMigrations();
  await source.destroy();
  pool = new Pool({ connectionString: url });
});
afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

beforeEach(async () => {
  await pool.query('truncate outbox, outbox_dead, outbox_dead_audit');
  await pool.query(
    `insert into outbox_dead (id, shard, topic, key, headers, payload, created_at, attempts, cause)
     select n, 1, 'test.v1', 'key-' || n, '{"ce_id": "e"}', '{"n": 1}', now(), 1, 'too large' from generate_series(1, 3) n`,
  );
});

/** A transaction like that of a service. */
async function within<Result>(work: (tx: never) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client as never);
    await client.query('commit');
    return result;
  } finally {
    client.release();
  }
}
const audit = async () => (await pool.query('select action, by, reason from outbox_dead_audit')).rows;

describe('a record that can never be sent', () => {
  it('is listed with its cause, page by page', async () => {
    const first = await within((tx) => listDead(tx, { limit: 2 }));
    expect(first.rows.map(({ id, cause }) => [id, cause])).toEqual([
      ['1', 'too large'],
      ['2', 'too large'],
    ]);
    const second = await within((tx) => listDead(tx, { limit: 2, cursor: first.next! }));
    expect([second.rows.map(({ id }) => id), second.next]).toEqual([['3'], null]);
    expect((await within((tx) => listDead(tx, { limit: 9, key: 'key-2' }))).rows).toHaveLength(1);
  });

  it('is appended again once on request of an operator, with operator and reason in the audit table', async () => {
    expect(await within((tx) => redriveDead(tx, '2', 'ada', 'the limit was raised'))).toBe(true);
    expect(await within((tx) => redriveDead(tx, '2', 'ada', 'again'))).toBe(false);
    expect((await pool.query('select topic, key, headers, payload from outbox_records')).rows).toEqual([
      { topic: 'test.v1', key: 'key-2', headers: { ce_id: 'e' }, payload: { n: 1 } },
    ]);
    expect(await within((tx) => showDead(tx, '2'))).toBeUndefined();
    expect(await audit()).toEqual([{ action: 'redrive', by: 'ada', reason: 'the limit was raised' }]);
  });

  it('is deleted on request of an operator; the purge deletes old decisions, but no waiting record', async () => {
    expect(await within((tx) => discardDead(tx, '1', 'ada', 'obsolete order'))).toBe(true);
    expect((await pool.query('select 1 from outbox')).rowCount).toBe(0);
    expect(await audit()).toEqual([{ action: 'discard', by: 'ada', reason: 'obsolete order' }]);
    expect(await within((tx) => purgeDecisions(tx, 60, 10))).toBe(0);
    await pool.query("update outbox_dead_audit set at = now() - interval '1 hour'");
    await pool.query("update outbox_dead set died_at = now() - interval '1 year'");
    expect(await within((tx) => purgeDecisions(tx, 60, 10))).toBe(1);
    expect((await within((tx) => listDead(tx, { limit: 9 }))).rows).toHaveLength(2);
  });
});
