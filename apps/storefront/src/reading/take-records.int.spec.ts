import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { endings, type Tx } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import type { IncomingRecord } from '@quadrille/nest';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { exampleHistory, exampleTime } from '../domain/example-history.js';
import type { KnownEvent } from '../domain/known-event.js';
import type { StorefrontEnvironment } from '../environment.js';
import { listSagas } from '../persistence/list-sagas.js';
import { eventsBetween } from '../persistence/live-events.js';
import { ReadModel1763720000000 } from '../persistence/migrations/1763720000000-read-model.js';
import { Records1763720000100 } from '../persistence/migrations/1763720000100-records.js';
import { purgeSagas, purgeUnreadable } from '../persistence/retention.js';
import { SagaCounter } from '../stage/saga-numbers.js';
import { exampleDeadLetter, exampleRecord } from './example-record.js';
import { takeRecords, takeRefused } from './take-records.js';

const all = endings(checkout);
const completed = exampleHistory(all[0]!.path);
const orderId = (nth: number) => `01980000-0000-7000-8000-${String(nth).padStart(12, '0')}`;
const records = (history: readonly KnownEvent[]) => history.map((event) => exampleRecord(event));

let dataDir: string;
let postgres: LocalPostgres;
let dataSource: DataSource;
let pool: Pool;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quadrille-storefront-'));
  postgres = await startPostgres({ dataDir });
  const url = await postgres.createService('storefront', 'secret');
  dataSource = new DataSource({ type: 'postgres', url, migrations: [ReadModel1763720000000, Records1763720000100] });
  await dataSource.initialize();
  await dataSource.runMigrations();
  pool = new Pool({ connectionString: url, max: 8 });
});

afterAll(async () => {
  await pool?.end();
  await dataSource?.destroy();
  await postgres?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

beforeEach(() => pool.query('truncate saga_events, sagas, notices, unreadable_records'));

/** Processes records in one transaction; returns the number of statements. */
async function take(taken: readonly IncomingRecord[]): Promise<number> {
  const client = await pool.connect();
  let statements = 0;
  const tx: Tx = {
    query: (text, values = []) => {
      statements++;
      return client.query(text, [...values]);
    },
  };
  try {
    await client.query('begin');
    await takeRecords(tx, taken);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
  return statements;
}

const sagas = async () => (await pool.query('select * from sagas order by order_id')).rows;
const count = async (table: string) => Number((await pool.query(`select count(*) from ${table}`)).rows[0].count);

describe('the read model', () => {
  it('has the awaited step of a saga, and its ending', async () => {
    await take(records(completed.slice(0, 3)));
    expect(await sagas()).toEqual([
      {
        order_id: completed[0]!.orderId,
        state: 'running',
        awaited_step: 'create-shipment',
        awaited_service: 'shipping',
        since: new Date(exampleTime(2)),
        started_at: new Date(exampleTime(0)),
        ended_at: null,
        last_event: 'InventoryReserved',
      },
    ]);
    await take(records(completed.slice(3)));
    expect(await sagas()).toMatchObject([
      { state: 'COMPLETED', awaited_step: null, since: null, ended_at: new Date(exampleTime(5)) },
    ]);
  });

  it('is the same after duplicates, in other batches and in another order', async () => {
    const histories = all.map(({ path }, nth) => exampleHistory(path, orderId(nth)));
    const everything = histories.flatMap(records);
    await take(everything);
    const expected = await sagas();
    expect(expected.map(({ state }) => state)).toEqual(all.map(({ outcome }) => outcome));

    await pool.query('truncate saga_events, sagas');
    const scattered = everything.toReversed().sort((a, b) => Number(a.offset) - Number(b.offset));
    for (let at = 0; at < scattered.length; at += 7) await take(scattered.slice(at, at + 10));
    expect(await sagas()).toEqual(expected);
    expect(await count('saga_events')).toBe(everything.length);
  });

  it('identifies an event by its id, also in another record', async () => {
    const [created] = completed;
    await take([exampleRecord(created!), exampleRecord({ ...created!, offset: '99' })]);
    await take([exampleRecord({ ...created!, offset: '100' })]);
    expect(await count('saga_events')).toBe(1);
  });

  it('needs the same number of statements for a thousand records as for one', async () => {
    const histories = Array.from({ length: 150 }, (_, nth) => exampleHistory(all[0]!.path, orderId(nth)));
    const one = await take([exampleRecord(completed[0]!)]);
    expect(await take(histories.flatMap(records))).toBe(one);
    expect(one).toBe(4);
  });

  it('derives a saga from all its events if two transactions have one each', async () => {
    for (let nth = 0; nth < 20; nth++) {
      const history = exampleHistory(all[0]!.path, orderId(nth));
      await Promise.all(history.map((event) => take([exampleRecord(event)])));
    }
    const ended = await sagas();
    expect(ended).toHaveLength(20);
    expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(['COMPLETED']));
  });

  it('numbers events in the order of their commits', async () => {
    const histories = Array.from({ length: 40 }, (_, nth) => exampleHistory(all[0]!.path, orderId(nth)));
    let highest = 0;
    await Promise.all(
      histories.map(async (history) => {
        await take(records(history));
        const { rows } = await pool.query('select max(seq) as seq, count(*) as known from saga_events');
        // No event may appear below the last visible one.
        const below = await pool.query('select count(*) as known from saga_events where seq <= $1', [rows[0].seq]);
        expect(below.rows[0].known).toBe(rows[0].known);
        highest = Math.max(highest, Number(rows[0].seq));
      }),
    );
    expect(highest).toBeGreaterThanOrEqual(240);
  });

  it('stores the step of a dead letter', async () => {
    const [created] = completed;
    const letter = exampleDeadLetter(created!.orderId, created!.eventId, 'authorize-payment', 'payment');
    await take([letter, letter]);
    expect((await pool.query('select order_id, step, cause from notices')).rows).toEqual([
      { order_id: created!.orderId, step: 'authorize-payment', cause: 'TypeError: no' },
    ]);
  });

  it('stores unreadable records with their cause, and continues', async () => {
    const garbage: IncomingRecord = {
      topic: 'quadrille.order.created',
      partition: 0,
      offset: '5',
      key: 'k\0',
      headers: { ce_type: 'a\0b' },
      value: '\0\ufffd{',
      timestamp: '0',
    };
    await take([garbage, ...records(completed), garbage]);
    expect(await sagas()).toMatchObject([{ state: 'COMPLETED' }]);
    const { rows } = await pool.query('select topic, "offset", value, code from unreadable_records');
    expect(rows).toEqual([
      { topic: 'quadrille.order.created', offset: '5', value: '\ufffd\ufffd{', code: 'unknown-type' },
    ]);
  });

  it.each([
    ['half an emoji', '"x\\ud83d"', 'x\ud83d'],
    ['NUL', '"x\\u0000y"', 'x\0y'],
    ['quotes and a backslash', '"\\"reason\\":\\\\"', '"reason":\\'],
    ['another field of that name, and a non-text value', '{"reason":7}', 'unknown'],
    ['no text', '7', 'unknown'],
    ['an excessive length', JSON.stringify('w'.repeat(5_000)), 'w'.repeat(100)],
  ])('provides the figures of the stage if the reason of one cancellation has %s', async (_, written, shown) => {
    const counter = new SagaCounter(dataSource);
    await counter.look(0);
    for (const [nth, reason] of [written, '"customer"'].entries()) {
      const history = exampleHistory(all.find(({ outcome }) => outcome === 'CANCELLED')!.path, orderId(nth));
      await take(
        history.map((event) =>
          event.type === 'OrderCancelled'
            ? { ...exampleRecord(event), value: `{"orderId":"${event.orderId}", "reason" : ${reason}}` }
            : exampleRecord(event),
        ),
      );
    }
    const { sagas, moving } = await counter.look(1_000);
    expect(sagas.reasons).toEqual({ [shown]: 1, customer: 1 });
    expect([sagas.sagas.length, moving.length > 0]).toEqual([2, true]);
  });

  it('returns all others beside a row with a time that JavaScript cannot represent', async () => {
    await take(records(completed));
    await take(records(exampleHistory(all[0]!.path, orderId(5))));
    await pool.query(`update sagas set started_at = '-infinity', ended_at = 'infinity' where order_id = $1`, [
      orderId(5),
    ]);
    await pool.query(`update saga_events set at = '290000-01-01' where order_id = $1`, [orderId(5)]);
    const counter = new SagaCounter(dataSource);
    await counter.look(0);
    expect((await counter.look(1_000)).sagas.sagas).toHaveLength(2);
    expect(await listSagas(dataSource, { limit: 10 })).toHaveLength(2);
    expect(await eventsBetween(dataSource, 0, 1_000_000, 1_000)).toHaveLength(2 * completed.length);
  });

  it('continues with an order that has stored events of an unknown table', async () => {
    await take(records(completed.slice(0, 1)));
    await pool.query(
      `insert into saga_events (order_id, event_id, type, service, step, at, topic, partition, "offset", data)
       values ($1, gen_random_uuid(), 'OrderBlessed', 'church', 'bless-order', now(), 'quadrille.church.v1', 0, 1, '{}')`,
      [completed[0]!.orderId],
    );
    await take([...records(completed.slice(1, 3)), ...records(exampleHistory(all[0]!.path, orderId(5)))]);
    expect((await sagas()).map(({ state }) => state)).toEqual(['running', 'COMPLETED']);
  });

  it('stores a record separately if only the database rejects it', async () => {
    const deep = exampleRecord(completed[0]!);
    const refused = { ...deep, value: `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}` };
    await expect(take([refused])).rejects.toMatchObject({ code: '54001' });
    const tx: Tx = { query: (text, values = []) => pool.query(text, [...values]) };
    await takeRefused(tx, refused, 'stack depth limit exceeded');
    expect(await count('unreadable_records')).toBe(1);
  });

  it('purges old ended sagas with all their events, and no open one', async () => {
    await take(records(completed));
    await take(records(exampleHistory(all[0]!.path.slice(0, 2), orderId(7))));
    await take([exampleDeadLetter(completed[0]!.orderId, completed[0]!.eventId, 'authorize-payment', 'payment')]);
    const tx: Tx = { query: (text, values = []) => pool.query(text, [...values]) };
    await pool.query(`update sagas set ended_at = now() - interval '10 days' where ended_at is not null`);
    const env = (days: number) => ({ SAGA_RETENTION_DAYS: days }) as StorefrontEnvironment;
    expect(await purgeSagas.purge(tx, env(11), 10)).toBe(0);
    expect(await purgeSagas.purge(tx, env(9), 10)).toBe(1);
    expect(await sagas()).toMatchObject([{ order_id: orderId(7), state: 'running' }]);
    expect([await count('saga_events'), await count('notices')]).toEqual([2, 0]);
  });

  it('purges old unreadable records', async () => {
    await take([{ ...exampleRecord(completed[0]!), headers: {} }]);
    const tx: Tx = { query: (text, values = []) => pool.query(text, [...values]) };
    const env = { UNREADABLE_RETENTION_DAYS: 1 } as StorefrontEnvironment;
    expect(await purgeUnreadable.purge(tx, env, 10)).toBe(0);
    await pool.query(`update unreadable_records set read_at = now() - interval '2 days'`);
    expect(await purgeUnreadable.purge(tx, env, 10)).toBe(1);
  });
});
