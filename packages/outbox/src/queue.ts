import type { Client } from 'pg';
import type { OutboxRecord } from './record.js';
import { SHARDS } from './shard.js';

/** A waiting row: id, writing transaction, number of records and size of the text. */
export interface OutboxRowRef {
  readonly id: string;
  readonly xid?: string;
  readonly size: number;
  readonly bytes: number;
}

/** A waiting row with its records. */
export interface PendingRow {
  readonly id: string;
  readonly records: readonly OutboxRecord[];
}

type Row = Pick<OutboxRowRef, 'id'>;

/** A row inserted by hand with an invalid shard counts as part of shard 0. */
const IN_SHARDS = (parameter: string) =>
  `(case when shard between 0 and ${SHARDS - 1} then shard else 0 end) = any(${parameter}::smallint[])`;

const ROW_REF = 'id, xmin::text as xid, size, octet_length(records) as bytes';

// No cursor: the id assigned first may be committed last. Existing rows are taken in the order of ids; see low-watermark.ts.
const REMOVE_AND_FETCH = {
  name: 'outbox-remove-and-look',
  text: `
  with removed as (
    delete from outbox where id = any($1::bigint[])
  )
  select ${ROW_REF}
    from outbox
   where id >= $2 and ${IN_SHARDS('$3')} and held is null and id <> all($1::bigint[])
   order by id
  limit $4`,
};

/** Deletes rows that the broker acknowledged, and returns the first rows of these shards from an id on, in the order of ids. */
export async function removeAndFetch(
  client: Client,
  removed: readonly Row[],
  from: string,
  shards: readonly number[],
  limit: number,
): Promise<OutboxRowRef[]> {
  const { rows } = await client.query<OutboxRowRef>({
    ...REMOVE_AND_FETCH,
    values: [idsOf(removed), from, shards, limit],
  });
  return rows;
}

const FETCH_HELD = {
  name: 'outbox-look-held',
  text: `
  select ${ROW_REF}
    from outbox
   where held is not null and $1 = any(held) and ${IN_SHARDS('$2')}
   order by id
  limit $3`,
};

/** Returns the first rows of these shards that are held back for a topic. */
export async function fetchHeld(
  client: Client,
  topic: string,
  shards: readonly number[],
  limit: number,
): Promise<OutboxRowRef[]> {
  const { rows } = await client.query<OutboxRowRef>({ ...FETCH_HELD, values: [topic, shards, limit] });
  return rows;
}

const HELD_TOPICS = `
  select distinct unnest(held) as topic from outbox where held is not null and ${IN_SHARDS('$1')} limit $2`;

/** Returns the topics for which rows of these shards are held back. */
export async function heldTopics(client: Client, shards: readonly number[], limit: number): Promise<string[]> {
  const { rows } = await client.query<{ topic: string }>(HELD_TOPICS, [shards, limit]);
  return rows.map(({ topic }) => topic);
}

const OLDEST = `
  select (extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as "ageMs"
    from outbox
   where id >= $1 and ${IN_SHARDS('$2')} and held is null and isfinite(created_at)
   order by id
  limit 1`;

/** Age of the first waiting row of these shards in ms; undefined without one. */
export async function oldestAgeMs(
  client: Client,
  from: string,
  shards: readonly number[],
): Promise<number | undefined> {
  const { rows } = await client.query<{ ageMs: number }>(OLDEST, [from, shards]);
  return rows[0]?.ageMs;
}

const READ = { name: 'outbox-read', text: 'select id, records from outbox where id = any($1::bigint[])' };

/** Returns the column `records` by id. Rows that were deleted in between are missing. */
export async function read(client: Client, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await client.query<{ id: string; records: string }>({ ...READ, values: [ids] });
  return new Map(rows.map(({ id, records }) => [id, records]));
}

/** Counts one more attempt for rows that were not acknowledged. */
export async function countAttempt(client: Client, rows: readonly Row[]): Promise<void> {
  await client.query('update outbox set attempts = least(attempts, 2147483646) + 1 where id = any($1::bigint[])', [
    idsOf(rows),
  ]);
}

export const idsOf = (rows: readonly Row[]) => rows.map(({ id }) => id);
