import type { Client } from 'pg';
import { type OutboxRecord, type OutboxRow, SHARDS, type Tx } from './append.js';

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

/** Memory of a record beside its texts, in characters: objects, and a pointer per header. */
const RECORD_OVERHEAD_CHARACTERS = 200;

/**
 * Records that this process wrote and saw committed, so that the relay need not read them. Correctness never depends on it: the
 * rows and their order always come from the table, and missing records are read from it. A character takes one byte, or two in a
 * string outside Latin-1, so the bound holds for the heap within a factor of two.
 */
export class RecordCache {
  readonly #rows = new Map<string, Pick<OutboxRow, 'xid' | 'records'>>();
  #characters = 0;

  constructor(private readonly maxCharacters: number) {}

  get characters(): number {
    return this.#characters;
  }

  put({ id, xid, records }: OutboxRow): void {
    const characters = charactersOf(records);
    if (this.#characters + characters > this.maxCharacters || this.#rows.has(id)) return;
    this.#rows.set(id, { ...(xid !== undefined && { xid }), records });
    this.#characters += characters;
  }

  /** Returns the records of a row as written by this transaction: after a failover, another row may have the same id. */
  get({ id, xid }: Pick<OutboxRow, 'id' | 'xid'>): readonly OutboxRecord[] | undefined {
    const row = this.#rows.get(id);
    return row?.xid === xid ? row?.records : undefined;
  }

  /** Removes a deleted row. */
  remove(id: string): void {
    const row = this.#rows.get(id);
    if (!row) return;
    this.#rows.delete(id);
    this.#characters -= charactersOf(row.records);
  }

  clear(): void {
    this.#rows.clear();
    this.#characters = 0;
  }
}

/** Memory of a record in characters; its headers can exceed its payload. */
function charactersOf(records: readonly OutboxRecord[]): number {
  let characters = 0;
  for (const { topic, key, headers, payload } of records) {
    characters += RECORD_OVERHEAD_CHARACTERS + topic.length + key.length + payload.length;
    for (const name in headers) characters += name.length + headers[name]!.length;
  }
  return characters;
}

const PENDING = `
  select coalesce(sum(size), 0)::float8 as rows,
         coalesce(extract(epoch from clock_timestamp() - min(created_at) filter (where isfinite(created_at))), 0)::float8 as "oldestAgeSeconds"
    from outbox`;

/** Counts waiting records and returns the age of the oldest, for metrics and health checks. */
export async function pending(tx: Tx): Promise<{ rows: number; oldestAgeSeconds: number }> {
  const { rows } = await tx.query<{ rows: number; oldestAgeSeconds: number }>(PENDING);
  return rows[0]!;
}
