import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres } from '@quadrille/local';
import fc from 'fast-check';
import { storableText, textOf } from './append.js';
import {
  append,
  type OutboxRecord,
  pending,
  recordsOf,
  redriveDead,
  SHARDS,
  StillUnreadable,
  showDead,
} from './index.js';
import { eventually, SpecOutbox } from './spec/spec-outbox.js';

const outbox = new SpecOutbox(startPostgres);
beforeAll(() => outbox.open());
beforeEach(() => outbox.empty());
afterEach(() => outbox.endTest());
afterAll(() => outbox.close());

/** Any row that the column types of the table allow. */
interface AnyRow {
  readonly id: bigint;
  readonly shard: number;
  readonly size: number;
  readonly records: string;
  readonly createdAt: string;
  readonly attempts: number;
}

const INSERT = `
  insert into outbox (id, shard, size, records, created_at, attempts) overriding system value
  select * from unnest($1::bigint[], $2::smallint[], $3::int[], $4::text[], $5::timestamptz[], $6::int[])
  on conflict (id) do nothing`;

const insert = (rows: readonly AnyRow[]) =>
  outbox.rows(INSERT, [
    rows.map(({ id }) => String(id)),
    rows.map(({ shard }) => shard),
    rows.map(({ size }) => size),
    rows.map(({ records }) => records),
    rows.map(({ createdAt }) => createdAt),
    rows.map(({ attempts }) => attempts),
  ]);

const text = fc.string({ unit: 'binary', maxLength: 20 });
const appended: fc.Arbitrary<OutboxRecord> = fc.record({
  topic: fc.constantFrom('a', 'b'),
  key: fc.string({ unit: 'binary', maxLength: 8 }),
  headers: fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ unit: 'binary', maxLength: 8 })),
  payload: fc.oneof(fc.json(), fc.string({ unit: 'binary', maxLength: 20 }), fc.constant('{\n"n": 1}')),
});
const someRecords = fc.array(appended, { minLength: 1, maxLength: 4 });
const asBefore = (records: readonly OutboxRecord[]) =>
  JSON.stringify(records.map(({ topic, key, headers, payload }) => [topic, key, headers, payload]));

const records = fc.oneof(
  someRecords.map(textOf),
  someRecords.map(asBefore),
  someRecords.map((each) => `${textOf(each)}\nmore`),
  someRecords.map((each) => textOf(each).slice(1)),
  fc.tuple(someRecords, fc.nat(40)).map(([each, at]) => textOf(each).slice(0, at)),
  fc.json(),
  fc.json().map((json) => `\n${json}\n1`),
  fc.array(fc.array(fc.anything({ maxDepth: 1 }), { maxLength: 5 })).map((any) => `\n${asJson(any)}\n{}\n{}`),
  fc.constantFrom('', '\n', '\n\n', '[]', '\n[]', 'null', '[[]]', '[["t","k",{"n":1},"{}"]]', '['.repeat(50_000)),
  text,
);
const asJson = (any: unknown) => JSON.stringify(any, (_, value) => (typeof value === 'bigint' ? 1 : value));

const anyRow: fc.Arbitrary<AnyRow> = fc.record({
  id: fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(1n, 500n)),
  shard: fc.oneof(fc.integer({ min: -32_768, max: 32_767 }), fc.integer({ min: 0, max: SHARDS - 1 })),
  size: fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 4 })),
  records: records.map(storableText),
  createdAt: fc.constantFrom('infinity', '-infinity', '2026-11-20', '4713-01-01 BC', '294276-01-01'),
  attempts: fc.constantFrom(0, -1, 2 ** 31 - 1, -(2 ** 31)),
});

/** The records of a row that a relay can send; undefined for an unreadable row. */
function readable(row: AnyRow): readonly OutboxRecord[] | undefined {
  try {
    return recordsOf(row.records);
  } catch {
    return undefined;
  }
}

const seeds = { numRuns: Number(process.env.FUZZ_RUNS ?? 8), endOnFailure: true };

describe('a row of the outbox with any content', () => {
  it('is published, or moved to outbox_dead unchanged with its cause, and delays no other row', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(anyRow, { minLength: 20, maxLength: 60, selector: ({ id }) => id }),
        async (rows) => {
          await outbox.empty();
          await insert(rows);
          expect(Number.isNaN((await pending(outbox.tx)).oldestAgeSeconds)).toBe(false);
          await outbox.rows('select count(payload), count(headers) from outbox_records');
          const got: OutboxRecord[] = [];
          const relay = outbox.startRelay(async (sent) => void got.push(...sent));
          const usual = { topic: 'a', key: 'usual', headers: {}, payload: '"usual"' };
          await append(outbox.tx, [usual]).catch(() => {}); // The id may be in use.
          await eventually('nothing waits', async () => (await outbox.rows('select from outbox')).length === 0);
          await relay.stop(1_000);
          const sendable = rows.flatMap((row) => readable(row) ?? []);
          expect(got.filter(({ key }) => key !== 'usual')).toHaveLength(sendable.length);
          const dead = await outbox.rows<{ records: string; cause: string }>('select records, cause from outbox_dead');
          expect(dead.map((row) => row.records).sort()).toEqual(
            rows.flatMap((row) => (readable(row) ? [] : [row.records])).sort(),
          );
          for (const { cause } of dead) expect(cause).toMatch(/^The row cannot be read\. .+/);
          expect(relay.health().unreadableRows).toBe(dead.length);
        },
      ),
      seeds,
    );
  });

  it('can be moved to outbox_dead with any records', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someRecords, { minLength: 5, maxLength: 20 }), async (rows) => {
        await outbox.empty();
        for (const row of rows) await append(outbox.tx, row);
        const relay = outbox.startRelay(async (batch) => {
          const indexes = batch.map((_, at) => at);
          throw Object.assign(new Error('Too \0 large \ud800.'), { name: 'UnsendableRecords', indexes });
        });
        await eventually('nothing waits', async () => (await outbox.rows('select from outbox')).length === 0);
        await relay.stop(1_000);
        const ids = await outbox.rows<{ id: string }>('select id from outbox_dead order by id');
        expect(ids).toHaveLength(rows.flat().length);
        // A redrive publishes the same records.
        for (const { id } of ids) expect(await redriveDead(outbox.tx, id, 'ada', 'raised')).toBe(true);
        const got: OutboxRecord[] = [];
        const next = outbox.startRelay(async (batch) => void got.push(...batch));
        await eventually('nothing waits again', async () => (await outbox.rows('select from outbox')).length === 0);
        await next.stop(1_000);
        expect(got.map(({ payload }) => payload).sort()).toEqual(
          rows
            .flat()
            .map(({ payload }) => payload)
            .sort(),
        );
      }),
      seeds,
    );
  });

  it('stays in outbox_dead until it is readable, and is then published', async () => {
    await insert([row('of a newer version')]);
    const got: OutboxRecord[] = [];
    outbox.startRelay(async (batch) => void got.push(...batch));
    const ids = () => outbox.rows<{ id: string }>('select id from outbox_dead');
    await eventually('it is in outbox_dead', async () => (await ids()).length === 1);
    const { id } = (await ids())[0]!;
    expect(await showDead(outbox.tx, id)).toMatchObject({ records: 'of a newer version', topic: '', key: '' });
    await expect(redrive(id)).rejects.toThrow(StillUnreadable);
    expect(await ids()).toHaveLength(1);
    await outbox.rows(`update outbox_dead set records = $1`, [textOf([{ ...USUAL, key: 'mended' }])]);
    await redrive(id);
    await eventually('it is sent', () => got.length === 1);
    expect(got).toEqual([{ ...USUAL, key: 'mended' }]);
  });

  it('does not delay the rows behind it, also when it exceeds the read limit', async () => {
    await outbox.rows(`insert into outbox (shard, size, records) select 3, 1, repeat('x', 64000001)`);
    await append(outbox.tx, [USUAL]);
    const got: OutboxRecord[] = [];
    outbox.startRelay(async (batch) => void got.push(...batch));
    await eventually('the other is sent', () => got.length === 1);
    expect(await outbox.rows('select cause, length(records) from outbox_dead')).toEqual([
      { cause: 'The row cannot be read. Its 64000001 bytes exceed the maximum of 64000000.', length: 64_000_001 },
    ]);
  });
});

const USUAL: OutboxRecord = { topic: 't', key: 'k', headers: {}, payload: '{}' };
const row = (of: string): AnyRow => ({
  id: 7n,
  shard: 1,
  size: 1,
  records: of,
  createdAt: 'now',
  attempts: 0,
});

async function redrive(id: string): Promise<void> {
  const client = await outbox.pool.connect();
  try {
    await client.query('begin');
    await redriveDead(client as never, id, 'ada', 'mended');
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
