import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Change, Conflict, type Tx } from '@quadrille/choreography';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { runnerMigrations } from '@quadrille/runtime';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { KnownShipment, Shipment } from '../domain/shipments.js';
import { findShipment } from '../reads/find-shipment.js';
import { Shipments1763720000000 } from './migrations/1763720000000-shipments.js';
import { ShipmentsInPlace1763720100000 } from './migrations/1763720100000-shipments-in-place.js';
import { shipmentStore } from './shipments.js';

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-02T03:04:05.678Z';
const orderId = (nth: number) => `01980000-0000-7000-8000-${String(nth).padStart(12, '0')}`;
const facts = (nth: number, at = AT) => ({ orderId: orderId(nth), destination: 'GB', at });
const created = (nth: number): KnownShipment => ({ status: 'created', ...facts(nth), trackingNumber: `QD${nth}` });
const tombstone = (nth: number): KnownShipment => ({ status: 'cancelled', ...facts(nth), reason: 'deadline' });
const failed = (nth: number): KnownShipment => ({
  status: 'failed',
  ...facts(nth),
  reason: 'undeliverable-destination',
});
const cancelled = (nth: number): KnownShipment => ({
  ...{ status: 'cancelled', ...facts(nth, LATER) },
  ...{ reason: 'deadline', trackingNumber: `QD${nth}` },
});
const fresh = (after: Shipment): Change<Shipment> => ({ key: after.orderId, before: undefined, after, events: [] });
const known = (before: Shipment, after: Shipment): Change<Shipment> => ({
  key: after.orderId,
  before,
  after,
  events: [],
});

/** Polls until the condition holds; the test's timeout limits it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

/** Heap-only tuple (HOT) updates of `shipments` by this session so far. */
async function changedInPlace(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ rows: number }>(
    `select pg_stat_get_xact_tuples_hot_updated('shipments'::regclass)::int as rows`,
  );
  return rows[0]!.rows;
}

describe('the store of shipments', () => {
  const home = mkdtempSync(join(tmpdir(), 'quadrille-shipping-'));
  let postgres: LocalPostgres;
  let dataSource: DataSource;
  let pool: pg.Pool;
  const statements: string[] = [];

  beforeAll(async () => {
    postgres = await startPostgres({ dataDir: home });
    const url = await postgres.createService('shipping', 'shipping');
    const migrations = [...runnerMigrations, Shipments1763720000000, ShipmentsInPlace1763720100000];
    dataSource = new DataSource({ type: 'postgres', url, migrations });
    await dataSource.initialize();
    await dataSource.runMigrations();
    pool = new pg.Pool({ connectionString: url });
    // `end` resolves before the connections are closed, so they may still receive an error when the server stops.
    pool.on('error', () => {});
  });
  afterAll(async () => {
    await pool?.end();
    await dataSource?.destroy();
    await postgres?.stop();
    rmSync(home, { recursive: true });
  });
  beforeEach(async () => {
    await pool.query('truncate shipments');
    statements.length = 0;
  });

  async function inTransaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const client = await pool.connect();
    const query: Tx['query'] = (text, values = []) => {
      statements.push(text);
      return client.query(text, values as unknown[]);
    };
    try {
      await client.query('begin');
      const result = await work({ query });
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }
  const save = (...changed: Change<Shipment>[]) => inTransaction((tx) => shipmentStore.save(tx, changed));
  const load = (...keys: string[]) => inTransaction((tx) => shipmentStore.load(tx, keys));

  it('returns saved shipments, and omits unknown ones', async () => {
    await save(fresh(created(1)), fresh(failed(2)), fresh(tombstone(3)));
    expect([...(await load(orderId(1), orderId(2), orderId(3), orderId(4)))]).toEqual([
      [orderId(1), created(1)],
      [orderId(2), failed(2)],
      [orderId(3), tombstone(3)],
    ]);
  });

  it('saves updates and inserts together', async () => {
    await save(fresh(created(1)));
    await save(known(created(1), cancelled(1)), fresh(created(2)));
    expect([...(await load(orderId(1), orderId(2)))]).toEqual([
      [orderId(1), cancelled(1)],
      [orderId(2), created(2)],
    ]);
  });

  it('returns a shipment with the times of its creation and last change', async () => {
    await save(fresh(created(1)));
    await save(known(created(1), cancelled(1)));
    expect(await findShipment(dataSource, orderId(1))).toEqual({
      ...{ orderId: orderId(1), status: 'cancelled', trackingNumber: 'QD1', destination: 'GB', reason: 'deadline' },
      ...{ createdAt: AT, changedAt: LATER },
    });
    expect(await findShipment(dataSource, orderId(2))).toBeUndefined();
  });

  it('needs the same number of statements for 1 and for 500 keys', async () => {
    for (const size of [1, 500]) {
      await pool.query('truncate shipments');
      statements.length = 0;
      const nths = Array.from({ length: size }, (_, nth) => nth);
      await load(...nths.map(orderId));
      await save(...nths.map((nth) => fresh(created(nth))));
      await save(...nths.map((nth) => known(created(nth), cancelled(nth))));
      expect(statements).toHaveLength(3);
    }
  });

  it('updates rows in their pages, without an index entry', async () => {
    const nths = Array.from({ length: 500 }, (_, nth) => nth);
    await save(...nths.map((nth) => fresh(created(nth))));
    const inPlace = await inTransaction(async (tx) => {
      const before = await changedInPlace(tx);
      await shipmentStore.save(
        tx,
        nths.map((nth) => known(created(nth), cancelled(nth))),
      );
      return (await changedInPlace(tx)) - before;
    });
    expect(inPlace).toBe(500);
  });

  it('detects a row inserted after its read, in a batch with updates', async () => {
    await save(fresh(created(1)), fresh(created(2)));
    await expect(save(fresh(tombstone(1)), known(created(2), cancelled(2)))).rejects.toThrow(Conflict);
    expect([...(await load(orderId(1), orderId(2)))]).toEqual([
      [orderId(1), created(1)],
      [orderId(2), created(2)],
    ]);
  });

  it('detects a row inserted after its read', async () => {
    await save(fresh(created(1)));
    await expect(save(fresh(tombstone(1)), fresh(created(2)))).rejects.toThrow(Conflict);
    expect([...(await load(orderId(1), orderId(2)))]).toEqual([[orderId(1), created(1)]]);
  });

  it('retries one of two batches that both found no row', async () => {
    const rivals = await Promise.allSettled([save(fresh(created(1))), save(fresh(tombstone(1)))]);
    expect(rivals.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(rivals.find(({ status }) => status === 'rejected')).toMatchObject({ reason: expect.any(Conflict) });
  });

  it('locks in key order: a transaction that waits for a row holds the rows before it and none after it', async () => {
    // The physical order of the rows differs from the order of their keys.
    for (const nth of [3, 2, 1]) await save(fresh(created(nth)));
    let waiting: Promise<unknown> = Promise.resolve();
    await inTransaction(async (tx) => {
      await shipmentStore.load(tx, [orderId(2)]);
      waiting = load(orderId(3), orderId(2), orderId(1));
      await until(async () => (await pool.query('select from pg_locks where not granted')).rows.length > 0);
      const free = await pool.query('select order_id from shipments for update skip locked');
      expect(free.rows).toEqual([{ order_id: orderId(3) }]);
    });
    await waiting;
  });

  it('rejects a dispatched shipment without a tracking number', async () => {
    const unnumbered = { ...facts(1), status: 'dispatched' } as unknown as Shipment;
    await expect(save(fresh(unnumbered))).rejects.toMatchObject({ code: '23514' });
  });
});
