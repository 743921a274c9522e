import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endings, type Tx } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import type { IncomingRecord } from '@quadrille/nest';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { exampleHistory } from '../domain/example-history.js';
import { timelineOf } from '../domain/timeline.js';
import { viewOf } from '../http/timeline-view.js';
import { exampleDeadLetter, exampleRecord } from '../reading/example-record.js';
import { takeRecords } from '../reading/take-records.js';
import { SagaCounter } from '../stage/saga-numbers.js';
import { findEvents, findNotices } from './find-saga.js';
import { listSagas } from './list-sagas.js';
import { listUnreadable } from './list-unreadable.js';
import { eventsBetween } from './live-events.js';
import { ReadModel1763720000000 } from './migrations/1763720000000-read-model.js';
import { Records1763720000100 } from './migrations/1763720000100-records.js';

const { path } = endings(checkout).find(({ name }) => name === 'COMPLETED')!;
const orderId = (nth: number) => `01980000-0000-7000-8000-${String(nth).padStart(12, '0')}`;
const ODD = 1;

let folder: string;
let postgres: LocalPostgres;
let dataSource: DataSource;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quadrille-rows-'));
  postgres = await startPostgres({ dataDir: folder });
  const url = await postgres.createService('storefront', 'secret');
  dataSource = new DataSource({ type: 'postgres', url, migrations: [ReadModel1763720000000, Records1763720000100] });
  await dataSource.initialize();
  await dataSource.runMigrations();
});
afterAll(async () => {
  await dataSource?.destroy();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

const save = (records: readonly IncomingRecord[]) =>
  dataSource.transaction((manager) => {
    const query = async (sql: string, values: readonly unknown[] = []) => ({
      rows: await manager.query(sql, [...values]),
    });
    return takeRecords({ query } as unknown as Tx, records);
  });
/** Processes some of the events of an order. */
const take = (nth: number, from: number, to: number) =>
  save(
    exampleHistory(path, orderId(nth))
      .slice(from, to)
      .map((event) => exampleRecord(event)),
  );

const text = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '__proto__',
    'constructor',
    'OrderCompleted',
    'OrderCancelled',
    'place-order',
    'x'.repeat(5_000),
  ),
  fc.string({ unit: 'grapheme' }).map((each) => each.replaceAll('\0', '')),
);
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
  fc.constantFrom('1e400000', '"\\u0000"', '"\\ud83d"', '{"reason":{}}', '['.repeat(300) + ']'.repeat(300)),
);
const time = fc.constantFrom('infinity', '-infinity', '0044-03-15 BC', '294000-01-01', '2026-01-01');
const uuid = fc.constantFrom(null, orderId(ODD), orderId(9), '00000000-0000-0000-0000-000000000000');
const number = fc.constantFrom('-1', '0', '2147483647');

/** One change of a row, by hand or by another version. */
const change = fc.oneof(
  ...['type', 'service', 'step', 'topic'].map((column) => text.map((value) => ['saga_events', column, value] as const)),
  ...['at', 'written_at'].map((column) => time.map((value) => ['saga_events', column, value] as const)),
  ...['data', 'headers'].map((column) => json.map((value) => ['saga_events', column, value] as const)),
  ...['partition', '"offset"'].map((column) => number.map((value) => ['saga_events', column, value] as const)),
  uuid.map((value) => ['saga_events', 'causation_id', value] as const),
  ...['state', 'awaited_step', 'awaited_service', 'last_event'].map((column) =>
    text.map((value) => ['sagas', column, value] as const),
  ),
  ...['since', 'started_at', 'ended_at'].map((column) => time.map((value) => ['sagas', column, value] as const)),
  ...['step', 'service', 'code', 'cause'].map((column) => text.map((value) => ['notices', column, value] as const)),
  time.map((value) => ['notices', 'at', value] as const),
);

/** PostgreSQL subtracts times in microseconds, in 64 bits. */
const LONGER_THAN_AN_INTERVAL: (readonly [string, string, string | null])[] = [
  ['sagas', 'started_at', '0044-03-15 BC'],
  ['sagas', 'ended_at', '294000-01-01'],
];

/** Reads the public lists, and the timeline of the order. */
async function look(): Promise<void> {
  expect((await listSagas(dataSource, { limit: 10 })).length).toBeGreaterThan(1);
  expect(await eventsBetween(dataSource, 0, 1_000_000, 1_000)).not.toEqual([]);
  await listUnreadable(dataSource, 10);
  const counter = new SagaCounter(dataSource);
  await counter.look(0);
  expect((await counter.look(1_000)).sagas.sagas).not.toEqual([]);
  for (const nth of [ODD, 2]) {
    const known = await findEvents(dataSource, orderId(nth));
    JSON.stringify(viewOf(orderId(nth), timelineOf(known, await findNotices(dataSource, orderId(nth)))));
  }
}

describe('a row of the read model from another version, or edited by hand', () => {
  it('fails no page, and costs no other saga an event', async () => {
    const property = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      await dataSource.query('truncate saga_events, sagas, notices, unreadable_records');
      for (const nth of [ODD, 2]) await take(nth, 0, 3);
      await save([exampleDeadLetter(orderId(ODD), orderId(7), 'authorize-payment', 'payment')]);
      for (const [table, column, value] of changes) {
        await dataSource.query(
          `update ${table} set ${column} = $1 where ctid = (select ctid from ${table} where order_id = $2 limit 1)`,
          [value, orderId(ODD)],
        );
      }
      await look();
      for (const nth of [ODD, 2]) await take(nth, 3, path.length);
      const [other] = await dataSource.query('select state from sagas where order_id = $1', [orderId(2)]);
      expect(other.state).toBe('COMPLETED');
      await look();
    });
    await fc.assert(property, { numRuns: fuzzRuns(80), examples: [[LONGER_THAN_AN_INTERVAL]] });
  }, 120_000);
});
