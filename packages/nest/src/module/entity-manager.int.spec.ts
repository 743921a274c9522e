import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { append, appendedIn, migrate, outboxMigrations } from '@quadrille/outbox';
import { txOf } from '@quadrille/outbox/typeorm';
import { clientOf, savepoint, transaction } from '@quadrille/postgres';
import pg from 'pg';
import { DataSource, type EntityManager, EntitySchema, type QueryRunner } from 'typeorm';
import { entityManagerOf } from './entity-manager.js';

interface Loaf {
  name: string;
  slices: number;
}
const Loaves = new EntitySchema<Loaf>({
  name: 'loaves',
  columns: { name: { type: 'text', primary: true }, slices: { type: 'int' } },
});
const failure = new Error('The oven is cold.');

let home: string;
let postgres: LocalPostgres;
let pool: pg.Pool;
let url: string;
let source: DataSource;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'quadrille-entity-manager-'));
  postgres = await startPostgres({ dataDir: join(home, 'postgres') });
  url = await postgres.createService('bakery', 'secret');
  source = await new DataSource({ type: 'postgres', url, entities: [Loaves], synchronize: true }).initialize();
  pool = new pg.Pool({ connectionString: url });
  const client = await pool.connect();
  await migrate(client, outboxMigrations);
  client.release();
}, 60_000);
afterAll(async () => {
  await source?.destroy();
  await pool?.end();
  await postgres?.stop();
  rmSync(home, { recursive: true, force: true });
});
afterEach(() => pool.query('truncate loaves'));

/** Runs like a step: under a savepoint in the transaction of its batch. */
const within = (work: (manager: EntityManager) => Promise<unknown>, from = source) =>
  transaction(pool, (tx) =>
    savepoint(tx, async (inner) => work(await entityManagerOf(from, { client: clientOf(inner) }))),
  );
const loaves = async () => (await pool.query('select name, slices from loaves order by name')).rows;

describe('an EntityManager on the client of a step', () => {
  it('writes in the transaction of the step: invisible before its commit', async () => {
    await within(async (manager) => {
      await manager.insert(Loaves, { name: 'rye', slices: 12 });
      await manager.save(Loaves, { name: 'oat', slices: 9 });
      await manager.increment(Loaves, { name: 'oat' }, 'slices', 1);
      expect(await manager.find(Loaves, { order: { name: 'asc' } })).toEqual([
        { name: 'oat', slices: 10 },
        { name: 'rye', slices: 12 },
      ]);
      expect(await loaves()).toEqual([]);
    });
    expect(await loaves()).toEqual([
      { name: 'oat', slices: 10 },
      { name: 'rye', slices: 12 },
    ]);
  });

  it('is rolled back with the step', async () => {
    const failing = within(async (manager) => {
      await manager.save(Loaves, { name: 'rye', slices: 12 });
      throw failure;
    });
    await expect(failing).rejects.toBe(failure);
    expect(await loaves()).toEqual([]);
  });

  it('rolls back a nested transaction alone, and commits nothing before the step', async () => {
    await within(async (manager) => {
      await manager.transaction((inner) => inner.save(Loaves, { name: 'rye', slices: 12 }));
      const failing = manager.transaction(async (inner) => {
        await inner.save(Loaves, { name: 'oat', slices: 9 });
        throw failure;
      });
      await expect(failing).rejects.toBe(failure);
      expect(await loaves()).toEqual([]);
    });
    expect(await loaves()).toEqual([{ name: 'rye', slices: 12 }]);
  });

  it('throws errors with their code, by which the runner distinguishes a lock from a bug', async () => {
    await pool.query(`insert into loaves values ('rye', 12)`);
    const other = await pool.connect();
    await other.query(`begin; update loaves set slices = 11`);
    const failing = within(async (manager) => {
      await manager.query(`set local lock_timeout = '50ms'`);
      await manager.increment(Loaves, { name: 'rye' }, 'slices', 1);
    });
    await expect(failing).rejects.toMatchObject({ code: '55P03' });
    await other.query('rollback');
    other.release();
    expect(await loaves()).toEqual([{ name: 'rye', slices: 12 }]);
  });

  it('writes to the outbox as well', async () => {
    await within(async (manager) => {
      const tx = txOf(manager);
      await append(tx, [{ topic: 'bakery.loaves', key: 'rye', headers: {}, payload: '{}' }]);
      expect(appendedIn(tx)).toHaveLength(1);
    });
    expect((await pool.query('select key from outbox_records')).rows).toEqual([{ key: 'rye' }]);
  });

  it('uses no connection of the data source', async () => {
    const alone = await new DataSource({ type: 'postgres', url, entities: [Loaves], poolSize: 1 }).initialize();
    const busy = alone.createQueryRunner();
    await busy.connect();
    await within((manager) => manager.save(Loaves, { name: 'rye', slices: 12 }), alone);
    await busy.release();
    await alone.destroy();
    expect(await loaves()).toHaveLength(1);
  });

  it('refuses a TypeORM whose runner works on another connection', async () => {
    class Stubborn extends DataSource {
      override createQueryRunner(): QueryRunner {
        const runner = super.createQueryRunner();
        runner.query = async (text: string) => (await pool.query(text)).rows as never;
        return runner;
      }
    }
    const stubborn = await new Stubborn({ type: 'postgres', url, entities: [Loaves] }).initialize();
    const refused = within((manager) => manager.save(Loaves, { name: 'rye', slices: 12 }), stubborn);
    await expect(refused).rejects.toThrow('TypeORM does not use the connection of the transaction');
    await stubborn.destroy();
    expect(await loaves()).toEqual([]);
  });
});
