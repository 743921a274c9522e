import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { DataSource } from 'typeorm';
import {
  addTransactionalDataSource,
  initializeTransactionalContext,
  StorageDriver,
  Transactional,
} from 'typeorm-transactional';
import { txOf as ofDrizzle } from './drizzle.js';
import { append, appendedIn, outboxMigrations, type Tx } from './index.js';
import { txOf as ofKysely } from './kysely.js';
import { txOf as ofPg } from './pg.js';
import { txOf as ofTypeorm } from './typeorm.js';

const record = { topic: 'legacy.invoices', key: 'ü-1', headers: { kind: 'invoice' }, payload: '{"total":"12.50 €"}' };
const failure = new Error('The rest of the transaction failed.');

let home: string;
let postgres: LocalPostgres;
let pool: pg.Pool;
let source: DataSource;
let transactional: DataSource;
let kysely: Kysely<any>;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'quadrille-adapters-'));
  postgres = await startPostgres({ dataDir: join(home, 'postgres') });
  const url = await postgres.createService('adapters', 'secret');
  source = await new DataSource({ type: 'postgres', url, migrations: outboxMigrations }).initialize();
  await source.runMigrations();
  initializeTransactionalContext({ storageDriver: StorageDriver.ASYNC_LOCAL_STORAGE });
  transactional = addTransactionalDataSource(new DataSource({ type: 'postgres', url }));
  await transactional.initialize();
  pool = new pg.Pool({ connectionString: url });
  kysely = new Kysely({ dialect: new PostgresDialect({ pool }) });
});
afterAll(async () => {
  await source?.destroy();
  await transactional?.destroy();
  await pool?.end();
  await postgres?.stop();
  rmSync(home, { recursive: true, force: true });
});
afterEach(() => pool.query('truncate outbox'));

/** A service of an application that uses typeorm-transactional: it is given no manager, the data source has that of the transaction. */
class Invoices {
  constructor(private readonly dataSource: DataSource) {}

  @Transactional()
  async send(work: (tx: Tx) => Promise<unknown>): Promise<void> {
    await this.append(work);
  }

  @Transactional()
  private async append(work: (tx: Tx) => Promise<unknown>): Promise<void> {
    await work(ofTypeorm(this.dataSource.manager));
  }
}

/** Runs `work` in a transaction of the library, which is rolled back where it throws. */
type InTransaction = (work: (tx: Tx) => Promise<unknown>) => Promise<unknown>;

const libraries: Record<string, InTransaction> = {
  'the EntityManager of TypeORM': (work) => source.transaction((manager) => work(ofTypeorm(manager))),
  'the QueryRunner of TypeORM': async (work) => {
    const runner = source.createQueryRunner();
    await runner.startTransaction();
    try {
      await work(ofTypeorm(runner));
      await runner.commitTransaction();
    } catch (error) {
      await runner.rollbackTransaction();
      throw error;
    } finally {
      await runner.release();
    }
  },
  'a method with @Transactional() of typeorm-transactional': (work) => new Invoices(transactional).send(work),
  'a client of pg': async (work) => {
    const client = await pool.connect();
    await client.query('begin');
    try {
      await work(ofPg(client));
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  },
  'a transaction of Kysely': (work) => kysely.transaction().execute((trx) => work(ofKysely(trx))),
  'a transaction of Drizzle': (work) => drizzle(pool).transaction((tx) => work(ofDrizzle(tx))),
};

const waiting = async () => (await pool.query('select topic, key, headers, payload from outbox_records')).rows;

describe.each(Object.entries(libraries))('%s', (_, inTransaction) => {
  it('commits a record with the rest of the transaction', async () => {
    let rows: readonly unknown[] = [];
    await inTransaction(async (tx) => {
      await append(tx, [record]);
      rows = appendedIn(tx);
    });
    expect(rows).toEqual([expect.objectContaining({ id: expect.any(String), xid: expect.any(String) })]);
    const { topic, key, headers, payload } = record;
    expect(await waiting()).toEqual([{ topic, key, headers, payload: JSON.parse(payload) }]);
  });

  it('rolls a record back with the rest of the transaction', async () => {
    const failing = inTransaction(async (tx) => {
      await append(tx, [record]);
      throw failure;
    });
    await expect(failing).rejects.toBe(failure);
    expect(await waiting()).toEqual([]);
  });

  it('passes values unchanged and returns rows with their number', async () => {
    await inTransaction(async (tx) => {
      const { rows, rowCount } = await tx.query('select $2::int + 1 as sum, $1::text[] as texts, $2::int as again', [
        ["it's", '$2'],
        41,
      ]);
      expect(rows).toEqual([{ sum: 42, texts: ["it's", '$2'], again: 41 }]);
      expect(rowCount).toBe(1);
    });
  });
});

describe('outside of a transaction', () => {
  it('each adapter refuses, since the record would be committed without the rest', async () => {
    expect(() => ofTypeorm(source.manager)).toThrow('No transaction is open');
    expect(() => ofTypeorm(transactional.manager)).toThrow('No transaction is open');
    const runner = source.createQueryRunner();
    expect(() => ofTypeorm(runner)).toThrow('No transaction is open');
    await runner.release();
    expect(() => ofPg(pool as never)).toThrow('A pool is not a transaction.');
    expect(() => ofKysely(kysely)).toThrow('This is no transaction of Kysely.');
    expect(() => ofDrizzle(drizzle(pool) as never)).toThrow('This is no transaction of Drizzle.');
  });
});

it('leaves its tables alone when TypeORM synchronizes entities', async () => {
  await source.transaction((manager) => append(ofTypeorm(manager), [record]));
  const columns = `select table_name, column_name, data_type from information_schema.columns where table_schema = 'public' order by 1, 2`;
  const before = (await pool.query(columns)).rows;
  await source.synchronize();
  expect((await pool.query(columns)).rows).toEqual(before);
  expect(await waiting()).toHaveLength(1);
});
