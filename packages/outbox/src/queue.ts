import type { Client } from 'pg';
import type { OutboxRecord } from './record.js';

/** A record that waits, with the id of its row. */
export interface Waiting extends OutboxRecord {
  readonly id: string;
}

// No cursor: an id that is drawn first may be committed last. What is there is taken, lowest first; see floor.ts.
const TAKE = `
  select id, topic, key, headers, payload::text
    from outbox
   where id > $1 and shard = any($2::smallint[])
   order by id
   limit $3`;

/** The first rows of these shards above an id, in the order of their ids. */
export async function take(
  client: Client,
  above: string,
  shards: readonly number[],
  limit: number,
): Promise<Waiting[]> {
  const { rows } = await client.query<Waiting>(TAKE, [above, shards, limit]);
  return rows;
}

/** Removes rows that the broker has acknowledged. */
export async function remove(client: Client, rows: readonly Waiting[]): Promise<void> {
  await client.query('delete from outbox where id = any($1::bigint[])', [idsOf(rows)]);
}

/** Counts one more attempt for rows that were not acknowledged. */
export async function countAttempt(client: Client, rows: readonly Waiting[]): Promise<void> {
  await client.query('update outbox set attempts = attempts + 1 where id = any($1::bigint[])', [idsOf(rows)]);
}

const BURY = `
  with removed as (
    delete from outbox where id = any($1::bigint[]) returning *
  )
  insert into outbox_dead (id, shard, topic, key, headers, payload, created_at, attempts, cause)
  select id, shard, topic, key, headers, payload, created_at, attempts + 1, $3
    from removed
   where id = any($2::bigint[])`;

/** Removes rows, and keeps those of them that never can be sent in `outbox_dead`, with the cause. */
export async function bury(
  client: Client,
  rows: readonly Waiting[],
  dead: readonly Waiting[],
  cause: string,
): Promise<void> {
  await client.query(BURY, [idsOf(rows), idsOf(dead), cause.replaceAll('\0', '\uFFFD')]);
}

const idsOf = (rows: readonly Waiting[]) => rows.map(({ id }) => id);
