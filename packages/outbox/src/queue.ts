import type { Client } from 'pg';
import { type OutboxRecord, SHARDS, type Tx } from './append.js';
import type { RelayLimits } from './relay-options.js';

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

/**
 * The first rows of these shards from an id on that are not held back, in the order of ids. There is no cursor: the id assigned
 * first may be committed last; see low-watermark.ts.
 */
export const selectWaiting = (from: string, shards: string, limit: string, except = '') => `
  select ${ROW_REF}
    from outbox
   where id >= ${from} and ${IN_SHARDS(shards)} and held is null${except}
   order by id
  limit ${limit}`;

const REMOVE_AND_FETCH = {
  name: 'outbox-remove-and-look',
  text: `
  with removed as (
    delete from outbox where id = any($1::bigint[])
  )
  ${selectWaiting('$2', '$3', '$4', ' and id <> all($1::bigint[])')}`,
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

const READ_WAITING = 'select id, xid, size, bytes from outbox_waiting_rows($1, $2, $3)';

/**
 * A read of waiting rows on a connection of the service, sent with a commit. The relay sends its rows without a read of its own,
 * if it was idle all the while.
 */
export interface WaitingRead {
  readonly text: string;
  readonly values: readonly [from: string, shards: readonly number[], limit: number];
  /** Takes its rows and wakes the relay; without rows, only wakes it. Call it after the commit. */
  found(rows: readonly OutboxRowRef[] | undefined): void;
}

/** The statement of a {@link WaitingRead}. */
export const waitingRead = (from: string, shards: readonly number[], limit: number) =>
  ({ text: READ_WAITING, values: [from, shards, limit] }) as const;

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

const PENDING = `
  select coalesce(sum(size), 0)::float8 as rows,
         coalesce(extract(epoch from clock_timestamp() - min(created_at) filter (where isfinite(created_at))), 0)::float8 as "oldestAgeSeconds"
    from outbox`;

/** Counts waiting records and returns the age of the oldest, for metrics and health checks. */
export async function pending(tx: Tx): Promise<{ rows: number; oldestAgeSeconds: number }> {
  const { rows } = await tx.query<{ rows: number; oldestAgeSeconds: number }>(PENDING);
  return rows[0]!;
}

/** Larger rows are never read: `append` writes none, and a single one could exhaust the memory of the process. */
export const MAX_ROW_BYTES = 64_000_000;

export const isTooLarge = (bytes: number): boolean => bytes > MAX_ROW_BYTES;

/** Returns the first rows that together stay within both limits; at least one. */
export function upTo({ batchRecords, batchBytes }: RelayLimits, places: readonly OutboxRowRef[]): OutboxRowRef[] {
  let [records, left] = [batchRecords, batchBytes];
  const over = places.findIndex(({ size, bytes }, at) => {
    records -= Math.max(1, size);
    left -= isTooLarge(bytes) ? 0 : bytes;
    return (records < 0 || left < 0) && at > 0;
  });
  return over < 0 ? [...places] : places.slice(0, over);
}
