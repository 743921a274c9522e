import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrate, outboxMigrations } from './index.js';

let home: string;
let postgres: LocalPostgres;
const NAMES = outboxMigrations.map(({ name }) => name);

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'quadrille-migrate-'));
  postgres = await startPostgres({ dataDir: join(home, 'postgres') });
});
afterAll(async () => {
  await postgres?.stop();
  rmSync(home, { recursive: true, force: true });
});

async function clientOf(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

it('runs each migration once, also when two instances start together', async () => {
  const url = await postgres.createService('twice', 'secret');
  const clients = await Promise.all([clientOf(url), clientOf(url)]);
  const ran = await Promise.all(clients.map((client) => migrate(client, outboxMigrations)));
  expect(ran.flat()).toEqual(NAMES);
  const { rows } = await clients[0]!.query('select count(*)::int as records from outbox');
  expect(rows).toEqual([{ records: 0 }]);
  await Promise.all(clients.map((client) => client.end()));
});

it('rolls back a failed migration completely, and runs it once it succeeds', async () => {
  const client = await clientOf(await postgres.createService('failing', 'secret'));
  await client.query('create view outbox_records as select 1');
  await expect(migrate(client, outboxMigrations)).rejects.toThrow('"outbox_records" already exists');
  const { rows } = await client.query(
    `select to_regclass('outbox') as outbox, to_regclass('quadrille_migrations') as migrations`,
  );
  expect(rows).toEqual([{ outbox: null, migrations: null }]);
  await client.query('drop view outbox_records');
  expect(await migrate(client, outboxMigrations)).toEqual(NAMES);
  await client.end();
});

it('shares its list of migrations with TypeORM, with which @quadrille/nest migrates', async () => {
  const url = await postgres.createService('typeorm', 'secret');
  const client = await clientOf(url);
  await migrate(client, outboxMigrations.slice(0, 2));
  const list = { migrations: outboxMigrations, migrationsTableName: 'quadrille_migrations' };
  const source = await new DataSource({ type: 'postgres', url, ...list }).initialize();
  expect((await source.runMigrations()).map(({ name }) => name)).toEqual(NAMES.slice(2));
  await source.destroy();
  expect(await migrate(client, outboxMigrations)).toEqual([]);
  await client.end();
});
