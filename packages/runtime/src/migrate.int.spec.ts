import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { outboxMigrations } from '@quadrille/outbox';
import { Client } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { migrate } from './migrate.js';
import { runnerMigrations } from './migrations.js';

class Counted1900000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('select pg_sleep(0.2)');
    await runner.query('create table counted (n int)');
  }
  async down(): Promise<void> {}
}

class Broken1900000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table half (n int)');
    await runner.query('create table half (n int)');
  }
  async down(): Promise<void> {}
}

let dir: string;
let postgres: LocalPostgres;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quadrille-migrate-'));
  postgres = await startPostgres({ dataDir: dir });
});
afterAll(async () => {
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function tablesOf(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  );
  await client.end();
  return rows.map(({ name }) => name);
}

describe('migrating', () => {
  it('runs missing migrations once when two instances start together', async () => {
    const url = await postgres.createService('together', 'p');
    const migrations = [...runnerMigrations, Counted1900000000000];
    const ran = await Promise.all([migrate(url, migrations), migrate(url, migrations)]);
    expect(ran.map((names) => names.length).sort()).toEqual([0, migrations.length]);
    expect(await tablesOf(url)).toEqual(['counted', 'deadlines', 'documents', 'idempotency_keys', 'migrations']);
    await expect(migrate(url, migrations)).resolves.toEqual([]);
  });

  it('rejects a database of a newer version, and leaves it unchanged', async () => {
    const url = await postgres.createService('newer', 'p');
    await migrate(url, [Counted1900000000000]);
    await expect(migrate(url, runnerMigrations)).rejects.toThrow(
      /^The database has a newer version: this build does not contain its migration Counted1900000000000/,
    );
    expect(await tablesOf(url)).toEqual(['counted', 'migrations']);
  });

  it('rolls back a failed migration completely', async () => {
    const url = await postgres.createService('broken', 'p');
    await expect(migrate(url, [Broken1900000000001])).rejects.toThrow(/"half" already exists/);
    expect(await tablesOf(url)).toEqual(['migrations']);
  });

  it('continues after an application has run some of these migrations among its own', async () => {
    const url = await postgres.createService('adopted', 'p');
    await migrate(url, [...outboxMigrations, Counted1900000000000]);
    const ours = [...outboxMigrations, ...runnerMigrations];
    const list = 'quadrille_migrations';
    expect(await migrate(url, ours, list)).toEqual(runnerMigrations.map(({ name }) => name));
    expect(await migrate(url, ours, list)).toEqual([]);
  });

  it('shares its list with a part of the toolkit that needs fewer migrations', async () => {
    const url = await postgres.createService('shared', 'p');
    await migrate(url, [...outboxMigrations, ...runnerMigrations]);
    expect(await migrate(url, outboxMigrations)).toEqual([]);
  });

  it('ignores an unrelated table named `migrations`', async () => {
    const url = await postgres.createService('geese', 'p');
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query('create table migrations (bird text, name text)');
    await client.end();
    expect(await migrate(url, runnerMigrations, 'quadrille_migrations')).toHaveLength(runnerMigrations.length);
  });
});
