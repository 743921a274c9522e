import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { DataSource } from 'typeorm';
import { textOf } from './append.js';
import { outboxMigrations } from './index.js';
import { recordsOf } from './outbox-row.js';

describe('an older outbox with one row per record', () => {
  const home = mkdtempSync(join(tmpdir(), 'quadrille-pack-'));
  let server: LocalPostgres;
  let url: string;

  beforeAll(async () => {
    server = await startPostgres({ dataDir: join(home, 'postgres') });
    url = await server.createService('outbox', 'outbox');
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(home, { recursive: true });
  });

  const INSERT = `
    insert into outbox (shard, topic, key, headers, payload)
    select 3, 'bakery.oven.v1', 'loaf-' || n, '{"ce_id":"é"}', '{"n":  1,"text":"\\u0000"}' from generate_series(1, 3) n`;
  const RECORD = ['bakery.oven.v1', { ce_id: 'é' }, '{"n":  1,"text":"\\u0000"}'];

  it('preserves waiting records in order, and continues the ids; also in the reverse migration', async () => {
    const first = await new DataSource({
      type: 'postgres',
      url,
      migrations: outboxMigrations.slice(0, 1),
    }).initialize();
    await first.runMigrations();
    await first.query(INSERT);
    await first.query(`insert into outbox_dead (id, shard, topic, key, headers, payload, created_at, attempts, cause)
      select 70, shard, topic, key, headers, payload, created_at, attempts, 'too large' from outbox limit 1`);
    await first.destroy();

    const both = await new DataSource({ type: 'postgres', url, migrations: outboxMigrations.slice(0, 2) }).initialize();
    await both.runMigrations();
    const rows: { id: string; records: string }[] = await both.query(
      'select id, size, records from outbox order by id',
    );
    expect(rows.map(({ id }) => Number(id))).toEqual([71, 72, 73]);
    expect(rows.flatMap(({ records }) => recordsOf(records))).toEqual(
      [1, 2, 3].map((n) => ({ topic: RECORD[0], key: `loaf-${n}`, headers: RECORD[1], payload: RECORD[2] })),
    );
    const seen = await both.query('select place, topic, key, headers, payload::text from outbox_records order by id');
    expect(seen[2]).toEqual({ place: 1, topic: RECORD[0], key: 'loaf-3', headers: RECORD[1], payload: RECORD[2] });

    await both.undoLastMigration();
    const back = await both.query('select shard, topic, key, headers, payload::text from outbox order by id');
    expect(back[0]).toEqual({ shard: 3, topic: RECORD[0], key: 'loaf-1', headers: RECORD[1], payload: RECORD[2] });
    expect(back).toHaveLength(3);
    await both.destroy();
  });

  it('shows new records in the view, and an older instance can read them after the reverse migration', async () => {
    const until = async (count: number) =>
      new DataSource({ type: 'postgres', url, migrations: outboxMigrations.slice(0, count) }).initialize();
    const before = await until(3);
    await before.runMigrations();
    await before.query('delete from outbox');
    const appended = ['{"n":  1,"text":"\\u0000"}', 'null', '{\n}'].map((payload, at) => ({
      topic: RECORD[0] as string,
      key: `loaf-${at}`,
      headers: { ce_id: 'é"' },
      payload,
    }));
    const asBefore = JSON.stringify(appended.map(({ topic, key, headers, payload }) => [topic, key, headers, payload]));
    const insert = (text: string) =>
      before.query('insert into outbox (shard, size, records) values (3, 3, $1)', [text]);
    await insert(asBefore);
    const now = await until(4);
    await now.runMigrations();
    await insert(textOf(appended));
    await insert(textOf(appended.slice(0, 2)));
    const seen = () => now.query('select topic, key, headers, payload::text from outbox_records order by id, place');
    expect(await seen()).toEqual([...appended, ...appended, ...appended.slice(0, 2)]);

    await now.undoLastMigration();
    expect(await seen()).toEqual([...appended, ...appended, ...appended.slice(0, 2)]);
    const rows: { records: string }[] = await now.query('select records from outbox order by id');
    for (const { records } of rows) expect(JSON.parse(records)[0][3]).toBe(appended[0]!.payload);
    await before.destroy();
    await now.destroy();
  });
});
