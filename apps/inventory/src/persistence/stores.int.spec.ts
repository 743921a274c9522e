import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Change, Conflict, type Store, type Tx } from '@quadrille/choreography';
import { exampleOrder } from '@quadrille/contracts';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { runnerMigrations } from '@quadrille/runtime';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { Product } from '../domain/products.js';
import type { Reservation } from '../domain/reservations.js';
import type { Stock } from '../domain/stock.js';
import { listCatalogue } from '../reads/catalogue.js';
import { listStock } from '../reads/stock.js';
import { Stock1763720000000 } from './migrations/1763720000000-stock.js';
import { ReservationsInPlace1763720100000 } from './migrations/1763720100000-reservations-in-place.js';
import { ProductRevisions1763720200000 } from './migrations/1763720200000-product-revisions.js';
import { productStore } from './products.js';
import { reservationStore } from './reservations.js';
import { stockStore } from './stock.js';

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-02T03:04:05.678Z';

const fresh = <State>(key: string, after: State): Change<State> => ({ key, before: undefined, after, events: [] });
const known = <State>(key: string, before: State, after: State): Change<State> => ({ key, before, after, events: [] });

const product = (sku: string, price = 100): Product => ({
  listed: true,
  sku,
  name: `Thing ${sku}`,
  price,
  currency: 'GBP',
  weightGrams: 10,
  at: AT,
  revision: 1,
});
const shelf = (sku: string, available: number, reserved = 0, at = AT): Stock => ({
  sku,
  received: available + reserved,
  available,
  reserved,
  sold: 0,
  at,
});
const { items } = exampleOrder();
const orderId = (nth: number) => `01980000-0000-7000-8000-${String(nth).padStart(12, '0')}`;
const reserved = (nth: number): Reservation => ({ status: 'reserved', orderId: orderId(nth), items, at: AT });
const committed = (nth: number): Reservation => ({ status: 'committed', orderId: orderId(nth), items, at: LATER });
const released = (nth: number): Reservation => ({
  ...{ status: 'released', orderId: orderId(nth), items: [], reason: 'deadline' },
  at: LATER,
});

/** Polls until the condition holds, limited by the test's timeout. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

/** The number of HOT updates of `reservations` in this transaction so far. */
async function changedInPlace(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ rows: number }>(
    `select pg_stat_get_xact_tuples_hot_updated('reservations'::regclass)::int as rows`,
  );
  return rows[0]!.rows;
}

describe('the stores of inventory', () => {
  const home = mkdtempSync(join(tmpdir(), 'quadrille-inventory-'));
  let postgres: LocalPostgres;
  let pool: pg.Pool;
  const statements: string[] = [];

  beforeAll(async () => {
    postgres = await startPostgres({ dataDir: home });
    const url = await postgres.createService('inventory', 'inventory');
    const migrations = [
      ...runnerMigrations,
      Stock1763720000000,
      ReservationsInPlace1763720100000,
      ProductRevisions1763720200000,
    ];
    const dataSource = new DataSource({ type: 'postgres', url, migrations });
    await dataSource.initialize();
    await dataSource.runMigrations();
    await dataSource.destroy();
    pool = new pg.Pool({ connectionString: url });
    // `end` resolves before the connections are closed, so they may still receive an error when the server stops.
    pool.on('error', () => {});
  });
  afterAll(async () => {
    await pool?.end();
    await postgres?.stop();
    rmSync(home, { recursive: true });
  });
  beforeEach(async () => {
    await pool.query('truncate products, stock, reservations');
    statements.length = 0;
  });

  const counting = (client: pg.PoolClient): Tx => ({
    query: (text, values = []) => {
      statements.push(text);
      return client.query(text, values as unknown[]);
    },
  });

  async function inTransaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const result = await work(counting(client));
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }
  const save = <State>(store: Store<State>, changed: readonly Change<State>[]) =>
    inTransaction((tx) => store.save(tx, changed));
  const load = <State>(store: Store<State>, keys: readonly string[]) => inTransaction((tx) => store.load(tx, keys));

  it('load the saved states, and omit unknown keys', async () => {
    await save(productStore, [fresh('A', product('A', Number.MAX_SAFE_INTEGER)), fresh('B b', product('B b'))]);
    await save(stockStore, [fresh('A', shelf('A', 7, 2)), fresh('B b', shelf('B b', Number.MAX_SAFE_INTEGER))]);
    await save(reservationStore, [fresh(orderId(1), reserved(1)), fresh(orderId(2), released(2))]);

    expect([...(await load(productStore, ['A', 'B b', 'C']))]).toEqual([
      ['A', product('A', Number.MAX_SAFE_INTEGER)],
      ['B b', product('B b')],
    ]);
    expect([...(await load(stockStore, ['A', 'B b', 'C']))]).toEqual([
      ['A', shelf('A', 7, 2)],
      ['B b', shelf('B b', Number.MAX_SAFE_INTEGER)],
    ]);
    expect([...(await load(reservationStore, [orderId(1), orderId(2), orderId(3)]))]).toEqual([
      [orderId(1), reserved(1)],
      [orderId(2), released(2)],
    ]);
  });

  it('save updates together with inserts', async () => {
    await save(productStore, [fresh('A', product('A'))]);
    await save(productStore, [known('A', product('A'), product('A', 5)), fresh('B', product('B'))]);
    await save(stockStore, [fresh('A', shelf('A', 7))]);
    await save(stockStore, [known('A', shelf('A', 7), shelf('A', 5, 2, LATER)), fresh('B', shelf('B', 1))]);
    await save(reservationStore, [fresh(orderId(1), reserved(1))]);
    await save(reservationStore, [known(orderId(1), reserved(1), released(1))]);

    expect((await load(productStore, ['A'])).get('A')).toEqual(product('A', 5));
    expect((await load(stockStore, ['A'])).get('A')).toEqual(shelf('A', 5, 2, LATER));
    expect((await load(reservationStore, [orderId(1)])).get(orderId(1))).toEqual(released(1));
  });

  it('use the same number of statements for 1 and for 500 keys', async () => {
    const counts = [];
    for (const size of [1, 500]) {
      await pool.query('truncate products, stock, reservations');
      statements.length = 0;
      const nths = Array.from({ length: size }, (_, nth) => nth);
      const skus = nths.map((nth) => `SKU-${nth}`).sort();
      await inTransaction(async (tx) => {
        await reservationStore.load(tx, nths.map(orderId));
        await productStore.load(tx, skus);
        await stockStore.load(tx, skus);
        await reservationStore.save(
          tx,
          nths.map((nth) => fresh(orderId(nth), reserved(nth))),
        );
        await productStore.save(
          tx,
          skus.map((sku) => fresh(sku, product(sku))),
        );
        await stockStore.save(
          tx,
          skus.map((sku) => fresh(sku, shelf(sku, 1))),
        );
        await stockStore.save(
          tx,
          skus.map((sku) => known(sku, shelf(sku, 1), shelf(sku, 0, 1))),
        );
      });
      counts.push(statements.length);
    }
    expect(counts).toEqual([7, 7]);
    expect((await pool.query('select sum(reserved)::int as n from stock')).rows).toEqual([{ n: 500 }]);
  });

  it('update reservations in place, without index changes', async () => {
    const nths = Array.from({ length: 500 }, (_, nth) => nth);
    await save(
      reservationStore,
      nths.map((nth) => fresh(orderId(nth), reserved(nth))),
    );
    const inPlace = await inTransaction(async (tx) => {
      const before = await changedInPlace(tx);
      await reservationStore.save(
        tx,
        nths.map((nth) => known(orderId(nth), reserved(nth), committed(nth))),
      );
      return (await changedInPlace(tx)) - before;
    });
    expect(inPlace).toBe(500);
  });

  it('detect a row that was inserted after the load', async () => {
    await save(productStore, [fresh('A', product('A'))]);
    await save(stockStore, [fresh('A', shelf('A', 7))]);
    await save(reservationStore, [fresh(orderId(1), reserved(1))]);

    const late = [
      save(productStore, [fresh('A', product('A')), fresh('B', product('B'))]),
      save(stockStore, [fresh('A', shelf('A', 1))]),
      save(reservationStore, [fresh(orderId(1), released(1)), fresh(orderId(2), released(2))]),
    ];
    for (const saved of late) await expect(saved).rejects.toThrow(Conflict);
    expect((await load(stockStore, ['A'])).get('A')).toEqual(shelf('A', 7));
    expect((await load(productStore, ['B'])).size).toBe(0);
    expect((await load(reservationStore, [orderId(2)])).size).toBe(0);
  });

  it('reject stock that violates its invariant, is negative or has no product', async () => {
    await save(productStore, [fresh('A', product('A'))]);
    const wrong = [
      fresh('A', { ...shelf('A', 7), received: 8 }),
      fresh('A', shelf('A', -1, 1)),
      fresh('A', shelf('A', 1, -1)),
      fresh('B', shelf('B', 1)),
    ];
    const codes = [];
    for (const change of wrong) codes.push(await save(stockStore, [change]).catch((error) => error.code));
    expect(codes).toEqual(['23514', '23514', '23514', '23503']);
  });

  it('lock in key order: a transaction that waits for a row has locked the rows before it, and none after', async () => {
    // The physical order of the rows differs from the key order.
    for (const sku of ['z', 'm', 'a']) {
      await save(productStore, [fresh(sku, product(sku))]);
      await save(stockStore, [fresh(sku, shelf(sku, 1))]);
    }
    const free = async () => {
      const { rows } = await pool.query('select sku from stock order by sku for update skip locked');
      return rows.map(({ sku }) => sku);
    };
    let waiting: Promise<unknown> = Promise.resolve();
    await inTransaction(async (tx) => {
      await stockStore.load(tx, ['m']);
      waiting = load(stockStore, ['z', 'm', 'a']);
      await until(async () => {
        const { rows } = await pool.query(`select from pg_locks where not granted`);
        return rows.length > 0;
      });
      expect(await free()).toEqual(['z']);
    });
    await waiting;
  });

  it('lock overlapping SKUs in one order, so that transactions never deadlock', async () => {
    const skus = Array.from({ length: 40 }, (_, nth) => `s-${nth}`);
    for (const sku of [...skus].reverse()) {
      await save(productStore, [fresh(sku, product(sku))]);
      await save(stockStore, [fresh(sku, shelf(sku, 0))]);
    }
    const rounds = 25;
    // Each round receives one piece of every SKU. The keys are sorted as by the runner, reversed, or rotated.
    const receiveAll = async (keys: readonly string[]) => {
      for (let round = 0; round < rounds; round++) {
        await inTransaction(async (tx) => {
          const states = await stockStore.load(tx, keys);
          await stockStore.save(
            tx,
            [...states].map(([sku, before]) => known(sku, before, shelf(sku, before.available + 1))),
          );
        });
      }
    };
    await Promise.all([
      receiveAll([...skus].sort()),
      receiveAll([...skus].sort().reverse()),
      receiveAll([...skus.slice(20), ...skus.slice(0, 20)]),
    ]);
    const { rows } = await pool.query('select distinct available::int as available from stock');
    expect(rows).toEqual([{ available: 3 * rounds }]);
  });

  it('omit only rows with inexact numbers from lists, and show infinite timestamps', async () => {
    const products = ['A', 'B', 'C'].map((sku) => fresh(sku, product(sku)));
    const shelves = ['A', 'B', 'C'].map((sku) => fresh(sku, shelf(sku, 5)));
    await save(productStore, products);
    await save(stockStore, shelves);
    await pool.query(`update products set changed_at = 'infinity' where sku = 'A'`);
    await pool.query(`update products set price = 9007199254740993 where sku = 'B'`);
    await pool.query(
      `update stock set received = 9007199254740993, available = 9007199254740993, changed_at = '-infinity' where sku = 'B'`,
    );
    const dataSource = {
      query: async (sql: string, values: unknown[]) => (await pool.query(sql, values)).rows,
    } as DataSource;
    expect((await listCatalogue(dataSource, '', 10)).map(({ sku }) => sku)).toEqual(['A', 'C']);
    expect((await listStock(dataSource, '', 10)).map(({ sku }) => sku)).toEqual(['A', 'C']);
  });
});
