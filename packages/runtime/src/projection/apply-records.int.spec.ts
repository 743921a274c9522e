import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IncomingRecord } from '@quadrille/kafka';
import { startPostgres } from '@quadrille/local';
import type { Pool } from 'pg';
import { retryRecords } from '../parked/retry-records.js';
import { LOCK_TIMEOUT_MS, RealKettle } from '../real-kettle.fixture.js';
import type { Projection } from '../runtime-definition.js';
import { applyRecords, type ReadModel } from './apply-records.js';

let kettle: RealKettle;
let pool: Pool;
beforeAll(async () => {
  kettle = await RealKettle.start(startPostgres);
  pool = kettle.pool();
  await pool.query('create table views (key text primary key, seen text[] not null)');
  await pool.query('create table refused (place text primary key, value text, cause text not null)');
});
afterAll(() => kettle?.stop());
beforeEach(async () => {
  await pool.query('truncate views, refused, parked');
  await pool.query(`insert into views select 'key-' || n, '{}' from generate_series(0, 99) n`);
});

const projection: Projection = {
  topics: ['test.views.v1'],
  async onRecords(tx, records) {
    await tx.query(
      `insert into views select key, array_agg(value order by at)
       from unnest($1::text[], $2::text[]) with ordinality as t (key, value, at) group by key order by key
       on conflict (key) do update set seen = views.seen || excluded.seen`,
      [records.map(({ key }) => key), records.map(({ value }) => value)],
    );
  },
  async onRefused(tx, { topic, partition, offset, value }, cause) {
    await tx.query('insert into refused values ($1, $2, $3)', [`${topic}/${partition}/${offset}`, value, cause]);
  },
};
const model = (changes: Partial<Projection> = {}): ReadModel => ({ pool, projection: { ...projection, ...changes } });

const record = (offset: number, key: string | null, value = `v${offset}`): IncomingRecord => ({
  ...{ topic: 'test.views.v1', partition: 0, offset: String(offset), key, headers: {}, value, timestamp: '0' },
});
const hundred = Array.from({ length: 100 }, (_, n) => record(n, `key-${n}`));

const rows = async (sql: string) => (await pool.query(sql)).rows;
const seen = async (key: string) => (await pool.query('select seen from views where key = $1', [key])).rows[0].seen;
const parked = () => rows('select key, state, code from parked order by id');

/** Locks rows as a psql session does. */
async function hold(sql: string): Promise<() => Promise<void>> {
  const holder = await kettle.admin.connect();
  await holder.query('begin');
  await holder.query(sql);
  return async () => {
    await holder.query('rollback');
    holder.release();
  };
}

/** Waits until no record is parked. */
async function retryAll(of = model()) {
  await pool.query(`update parked set due_at = now() where state <> 'dead'`);
  while ((await rows(`select from parked where state <> 'dead'`)).length > 0) await retryRecords(of, 100);
}

describe('a row of a read model that another session holds', () => {
  it('costs its key: the others are written, and its records follow in order once the lock is gone', async () => {
    const letGo = await hold(`select from views where key = 'key-50' for update`);
    try {
      const began = performance.now();
      await applyRecords(model(), hundred);
      expect(performance.now() - began).toBeLessThan(LOCK_TIMEOUT_MS + 15_000);
      expect(await rows(`select from views where seen <> '{}'`)).toHaveLength(99);
      expect(await parked()).toEqual([{ key: 'key-50', state: 'retrying', code: 'locked' }]);

      const later = performance.now();
      await applyRecords(model(), [record(100, 'key-50'), record(101, 'key-51')]);
      expect(performance.now() - later).toBeLessThan(LOCK_TIMEOUT_MS);
      expect(await seen('key-51')).toEqual(['v51', 'v101']);
      await pool.query('update parked set due_at = now()');
      await retryRecords(model(), 100);
      expect(await parked()).toMatchObject([{ state: 'retrying', code: 'locked' }, { state: 'queued' }]);
    } finally {
      await letGo();
    }
    await retryAll();
    expect(await seen('key-50')).toEqual(['v50', 'v100']);
  });

  it('delays a batch on a locked table by a few seconds, and loses no record', async () => {
    const letGo = await hold('lock table views');
    try {
      const began = performance.now();
      await applyRecords(model(), hundred);
      expect(performance.now() - began).toBeLessThan(LOCK_TIMEOUT_MS + 8_000);
      expect(await parked()).toHaveLength(100);
    } finally {
      await letGo();
    }
    await retryAll();
    expect(await rows(`select from views where seen <> '{}'`)).toHaveLength(100);
  });
});

describe('a record that the database refuses', () => {
  const refuses = (what: (value: string | null) => boolean, changes: Partial<Projection> = {}) =>
    model({
      async onRecords(tx, records) {
        if (records.some(({ value }) => what(value))) await tx.query('select 1 / 0');
        await projection.onRecords(tx, records);
      },
      ...changes,
    });

  it('is refused alone, also when it was parked before', async () => {
    const bad = refuses((value) => value === 'v50');
    await applyRecords(bad, hundred);
    expect(await rows('select place, value, cause from refused')).toEqual([
      { place: 'test.views.v1/0/50', value: 'v50', cause: 'division by zero' },
    ]);
    await pool.query('truncate refused');
    const letGo = await hold(`select from views where key = 'key-50' for update`);
    await applyRecords(model(), hundred.slice(40, 60)).finally(letGo);
    await retryAll(bad);
    expect(await rows('select place from refused')).toEqual([{ place: 'test.views.v1/0/50' }]);
  });

  it('is stored by its place alone if it cannot be stored whole', async () => {
    await applyRecords(
      refuses((value) => value === 'v50', {
        async onRefused(tx, refused, cause) {
          if (refused.value !== null) await tx.query('select 1 / 0');
          await projection.onRefused(tx, refused, cause);
        },
      }),
      hundred,
    );
    expect(await rows('select place, value from refused')).toEqual([{ place: 'test.views.v1/0/50', value: null }]);
    expect(await rows(`select from views where seen <> '{}'`)).toHaveLength(99);
  });

  it('is delivered again if not even its place can be written', async () => {
    const never = refuses((value) => value === 'v50', {
      onRefused: async (tx) => void (await tx.query('select 1 / 0')),
    });
    await expect(applyRecords(never, hundred)).rejects.toThrow('division by zero');
    expect(await rows('select from refused')).toEqual([]);
  });

  it('waits for an operator if it was parked before and cannot be refused', async () => {
    const letGo = await hold(`select from views where key in ('key-50', 'key-51') for update`);
    await applyRecords(model(), hundred.slice(40, 60)).finally(letGo);
    await retryAll(
      refuses((value) => value === 'v50', { onRefused: async (tx) => void (await tx.query('select 1 / 0')) }),
    );
    expect(await parked()).toEqual([{ key: 'key-50', state: 'dead', code: 'database' }]);
    expect(await seen('key-51')).toEqual(['v51']);
  });

  it('parked in any form waits for an operator, and the others are written', async () => {
    await pool.query(
      `insert into parked (step, message_id, key, message, state, code, cause, attempts, due_at)
       select '*', gen_random_uuid(), 'odd-' || n, message::json, 'retrying', 'locked', '', 1, now()
       from unnest(array['7', 'null', '{"topic":7}', '"\\u0000"', '[]']) with ordinality as t (message, n)`,
    );
    const letGo = await hold(`select from views where key = 'key-50' for update`);
    await applyRecords(model(), hundred.slice(40, 60)).finally(letGo);
    await retryAll();
    expect(await rows('select distinct state, code from parked')).toEqual([{ state: 'dead', code: 'malformed' }]);
    expect(await seen('key-50')).toEqual(['v50']);
  });
});
