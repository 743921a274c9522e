import type { Client } from 'pg';
import { recordsOf } from './parcel.js';
import type { OutboxRecord } from './record.js';

/** A row that waits: its id, and how many records it holds. */
export interface Place {
  readonly id: string;
  readonly size: number;
}

/** A row that waits, with its records. */
export interface Waiting {
  readonly id: string;
  readonly records: readonly OutboxRecord[];
}

type Row = Pick<Place, 'id'>;

// No cursor: an id that is drawn first may be committed last. What is there is taken, lowest first; see floor.ts.
const REMOVE_AND_LOOK = {
  name: 'outbox-remove-and-look',
  text: `
  with removed as (
    delete from outbox where id = any($1::bigint[])
  )
  select id, size
    from outbox
   where id > $2 and shard = any($3::smallint[]) and id <> all($1::bigint[])
   order by id
  limit $4`,
};

/** Removes rows that the broker has acknowledged; says which of these shards come first above an id, in the order of their ids. */
export async function removeAndLook(
  client: Client,
  removed: readonly Row[],
  above: string,
  shards: readonly number[],
  limit: number,
): Promise<Place[]> {
  const { rows } = await client.query<Place>({ ...REMOVE_AND_LOOK, values: [idsOf(removed), above, shards, limit] });
  return rows;
}

const READ = { name: 'outbox-read', text: 'select id, records from outbox where id = any($1::bigint[])' };

/** The records of rows, by id. Who was removed meanwhile is not among them. */
export async function read(client: Client, ids: readonly string[]): Promise<Map<string, OutboxRecord[]>> {
  if (ids.length === 0) return new Map();
  const { rows } = await client.query<{ id: string; records: string }>({ ...READ, values: [ids] });
  return new Map(rows.map(({ id, records }) => [id, recordsOf(records)]));
}

/** Counts one more attempt for rows that were not acknowledged. */
export async function countAttempt(client: Client, rows: readonly Row[]): Promise<void> {
  await client.query('update outbox set attempts = attempts + 1 where id = any($1::bigint[])', [idsOf(rows)]);
}

const BURY = `
  with removed as (
    delete from outbox where id = any($1::bigint[]) returning *
  )
  insert into outbox_dead (id, shard, topic, key, headers, payload, created_at, attempts, cause)
  select nextval(pg_get_serial_sequence('outbox', 'id')), shard, dead.topic, dead.key, dead.headers::json,
         dead.payload::json, created_at, attempts + 1, $3
    from removed
    join json_to_recordset($2) as dead (id bigint, topic text, key text, headers text, payload text) using (id)`;

/** A record, and the id of its row. */
export interface Buried {
  readonly id: string;
  readonly record: OutboxRecord;
}

/** Removes rows, and keeps those of their records that never can be sent in `outbox_dead`, with the cause. */
export async function bury(
  client: Client,
  rows: readonly Row[],
  dead: readonly Buried[],
  cause: string,
): Promise<void> {
  const buried = dead.map(({ id, record }) => ({ ...record, id, headers: JSON.stringify(record.headers) }));
  await client.query(BURY, [idsOf(rows), JSON.stringify(buried), cause.replaceAll('\0', '\uFFFD')]);
}

const idsOf = (rows: readonly Row[]) => rows.map(({ id }) => id);
