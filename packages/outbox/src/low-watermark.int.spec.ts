import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { Tx } from './append.js';
import { append, type OutboxRecord, outboxMigrations, SHARDS } from './index.js';
import { LowWatermark } from './low-watermark.js';
import { removeAndFetch } from './queue.js';

const record: OutboxRecord = { topic: 't', key: 'k', headers: {}, payload: '{}' };
const LOWEST = '-9223372036854775808';
const ALL = Array.from({ length: SHARDS }, (_, shard) => shard);

describe('the low watermark of a relay', () => {
  const home = mkdtempSync(join(tmpdir(), 'quadrille-floor-'));
  let server: LocalPostgres;
  let relay: pg.Client;
  let writer: pg.Client;
  let other: pg.Client;
  let watermark: LowWatermark;

  beforeAll(async () => {
    server = await startPostgres({ dataDir: join(home, 'postgres') });
    const url = await server.createService('outbox', 'outbox');
    const source = await new DataSource({ type: 'postgres', url, migrations: outboxMigrations }).initialize();
    await source.runMigrations();
    await source.destroy();
    [relay, writer, other] = (await Promise.all(
      [1, 2, 3].map(async () => {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        return client;
      }),
    )) as [pg.Client, pg.Client, pg.Client];
  });
  afterAll(async () => {
    await Promise.all([relay, writer, other].map((client) => client?.end()));
    await server?.stop();
    rmSync(home, { recursive: true });
  });
  beforeEach(async () => {
    await other.query('rollback');
    await writer.query('truncate outbox restart identity');
    watermark = new LowWatermark();
  });

  const txOn = (client: pg.Client): Tx => ({ query: (text, values = []) => client.query(text, values as unknown[]) });
  /** Inserts this many rows. */
  async function appendRecords(client: pg.Client, count = 1): Promise<void> {
    for (let n = 0; n < count; n++) await append(txOn(client), [record]);
  }

  async function look(limit = 100): Promise<number[]> {
    const rows = await removeAndFetch(relay, [], watermark.from, ALL, limit);
    watermark.found(rows);
    await removeAndFetch(relay, rows, watermark.from, ALL, 0);
    return rows.map(({ id }) => Number(id));
  }
  async function surveys(): Promise<void> {
    for (let n = 0; n < 4; n++) {
      await watermark.refresh(relay);
      watermark.found(await removeAndFetch(relay, [], watermark.from, ALL, 100));
    }
  }

  it('rises over sent rows', async () => {
    await appendRecords(writer, 10);
    await look();
    await surveys();
    expect(watermark.from).toBe('11');
    await appendRecords(writer);
    expect(await look()).toEqual([11]);
  });

  it('rises while a long snapshot prevents the vacuum of deleted rows', async () => {
    await other.query('begin isolation level repeatable read');
    await other.query('select from outbox');
    await appendRecords(writer, 10);
    await look();
    await surveys();
    expect(watermark.from).toBe('11');
  });

  it('stays below an uncommitted id', async () => {
    await appendRecords(writer, 3);
    await other.query('begin');
    await appendRecords(other);
    await appendRecords(writer, 3);
    expect(await look()).toEqual([1, 2, 3, 5, 6, 7]);
    await surveys();
    expect(watermark.from).toBe(LOWEST);
    await other.query('commit');
    expect(await look()).toEqual([4]);
    await surveys();
    expect(watermark.from).toBe('8');
  });

  it('stays below waiting rows', async () => {
    await appendRecords(writer, 10);
    watermark.found(await removeAndFetch(relay, [], watermark.from, ALL, 100));
    expect(await look(4)).toEqual([1, 2, 3, 4]);
    await surveys();
    expect(watermark.from).toBe('5');
    expect(await look()).toEqual([5, 6, 7, 8, 9, 10]);
  });

  it('falls when the relay takes other shards', async () => {
    await appendRecords(writer, 10);
    await look();
    await surveys();
    watermark.reset();
    expect(watermark.from).toBe(LOWEST);
  });

  it('depends on a transaction id that is assigned before the row ids', async () => {
    const explained: Tx = {
      async query(text, values) {
        const { rows } = await other.query(`explain ${text}`, values as unknown[]);
        expect(rows.map((row) => row['QUERY PLAN']).join()).toContain(
          'One-Time Filter: (pg_current_xact_id() IS NOT NULL)',
        );
        return { rows: [{ id: '1' }, { id: '2' }] as never[], rowCount: 2 };
      },
    };
    await append(explained, [record]);
    await append(explained, [record, { ...record, key: 'another' }]);
  });
});
