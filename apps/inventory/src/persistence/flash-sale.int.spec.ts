import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DomainEvent, ignore, type Tx } from '@quadrille/choreography';
import { exampleOrder, type ShopEvent } from '@quadrille/contracts';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { runnerMigrations } from '@quadrille/runtime';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { type Reservation, reservations } from '../domain/reservations.js';
import { type Stock, stock } from '../domain/stock.js';
import { reserveInventory } from '../steps/reserve-inventory.js';
import { Stock1763720000000 } from './migrations/1763720000000-stock.js';
import { ProductRevisions1763720200000 } from './migrations/1763720200000-product-revisions.js';
import { reservationStore } from './reservations.js';
import { stockStore } from './stock.js';

const AT = '2026-01-01T00:00:00.000Z';
const ORDERS = 10_000;
const PIECES = 100;
const BATCH = 250;
const INSTANCES = 4;

const order = (nth: number) =>
  exampleOrder({
    orderId: `01980000-0000-7000-8000-${String(nth).padStart(12, '0')}`,
    items: [{ sku: 'FLASH', quantity: 1, unitPrice: 100 }],
  });

/** A batch of this step as the runner executes it: lock, decide in order, save. */
async function reserve(tx: Tx, nths: readonly number[]): Promise<void> {
  const orders = nths.map(order);
  const known = await reservationStore.load(tx, orders.map(({ orderId }) => orderId).sort());
  const before = (await stockStore.load(tx, ['FLASH'])).get('FLASH')!;
  let shelf: Stock = before;
  const changed = orders.map((each) => {
    const reservation: Reservation = known.get(each.orderId) ?? reservations.initial(each.orderId);
    const decided = reserveInventory.decide({ reservation, shelves: [shelf] }, each, undefined);
    if (decided === ignore) throw new Error('every order is new');
    shelf = stock.evolve(shelf, decided as ShopEvent, AT);
    const after = reservations.evolve(reservation, decided as DomainEvent as ShopEvent, AT);
    return { key: each.orderId, before: undefined, after, events: [] };
  });
  await reservationStore.save(tx, changed);
  if (shelf !== before) await stockStore.save(tx, [{ key: 'FLASH', before, after: shelf, events: [] }]);
}

describe('a flash sale', () => {
  const home = mkdtempSync(join(tmpdir(), 'quadrille-flash-sale-'));
  let postgres: LocalPostgres;
  let pool: pg.Pool;

  beforeAll(async () => {
    postgres = await startPostgres({ dataDir: home });
    const url = await postgres.createService('inventory', 'inventory');
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      migrations: [...runnerMigrations, Stock1763720000000, ProductRevisions1763720200000],
    });
    await dataSource.initialize();
    await dataSource.runMigrations();
    await dataSource.destroy();
    pool = new pg.Pool({ connectionString: url, max: INSTANCES });
    // `end` resolves before the connections are closed, so they may still receive an error when the server stops.
    pool.on('error', () => {});
    await pool.query(
      `insert into products (sku, name, price, currency, weight_grams, listed_at, changed_at)
       values ('FLASH', 'Flash', 100, 'GBP', 1, $1, $1)`,
      [AT],
    );
    await pool.query(`insert into stock values ('FLASH', $1, $1, 0, 0, $2)`, [PIECES, AT]);
  });
  afterAll(async () => {
    await pool?.end();
    await postgres?.stop();
    rmSync(home, { recursive: true });
  });

  it('reserves exactly 100 of 100 pieces for 10,000 orders in four concurrent instances', async () => {
    const batches = Array.from({ length: ORDERS / BATCH }, (_, batch) =>
      Array.from({ length: BATCH }, (_, nth) => batch * BATCH + nth),
    );
    const instance = async () => {
      for (let batch = batches.pop(); batch; batch = batches.pop()) {
        const client = await pool.connect();
        await client.query('begin');
        await reserve(client as Tx, batch);
        await client.query('commit');
        client.release();
      }
    };
    await Promise.all(Array.from({ length: INSTANCES }, instance));

    const counts = await pool.query(
      'select status, count(*)::int as orders from reservations group by status order by 1',
    );
    expect(counts.rows).toEqual([
      { status: 'failed', orders: ORDERS - PIECES },
      { status: 'reserved', orders: PIECES },
    ]);
    const { rows } = await pool.query('select received::int, available::int, reserved::int, sold::int from stock');
    expect(rows).toEqual([{ received: PIECES, available: 0, reserved: PIECES, sold: 0 }]);
  });
});
