import type { Client } from 'pg';
import { type OutboxRecord, storableText, textOf } from './append.js';
import { idsOf, type PendingRow } from './queue.js';

/** A record that can never be sent, with its row and the cause. */
export interface Dead {
  readonly id: string;
  readonly record: OutboxRecord;
  readonly cause: string;
}

/** Result of rows that were not sent as a whole. */
export interface SendSplit {
  /** Rows without remaining records: all were sent, or are dead. */
  readonly done: readonly Pick<PendingRow, 'id'>[];
  /** Rows with remaining records, which wait for their topics. */
  readonly waiting: readonly PendingRow[];
  readonly dead: readonly Dead[];
}

const DEAD_ID = `nextval(pg_get_serial_sequence('outbox', 'id'))`;
const ONE_MORE = 'least(attempts, 2147483646) + 1';

const SETTLE_SPLIT = `
  with done as (
    delete from outbox where id = any($1::bigint[])
  ), waiting as (
    update outbox
       set size = rest.size, records = rest.records, attempts = ${ONE_MORE},
           held = array(select json_array_elements_text(rest.topics))
      from unnest($2::bigint[], $3::int[], $4::text[], $5::json[]) as rest (id, size, records, topics)
     where outbox.id = rest.id
  )
  insert into outbox_dead (id, shard, topic, key, headers, payload, records, created_at, attempts, cause)
  select ${DEAD_ID}, shard, dead.topic, dead.key, dead.headers, dead.payload, dead.records, created_at, ${ONE_MORE}, dead.cause
    from unnest($6::bigint[], $7::text[], $8::text[], $9::json[], $10::json[], $11::text[], $12::text[])
         as dead (id, topic, key, headers, payload, records, cause)
    join outbox using (id)`;

/**
 * In one statement: deletes rows that are done, updates rows with remaining records, and inserts dead records into `outbox_dead`.
 */
export async function settleSplit(client: Client, split: SendSplit): Promise<void> {
  try {
    await client.query(SETTLE_SPLIT, valuesOf(split, inColumns));
  } catch (error) {
    if (split.dead.length === 0 || !isOfTheData(error)) throw error;
    await client.query(SETTLE_SPLIT, valuesOf(split, asItWas));
  }
}

function valuesOf({ done, waiting, dead }: SendSplit, laidOut: (record: OutboxRecord) => Columns): unknown[] {
  const columns = dead.map(({ record }) => laidOut(record));
  return [
    idsOf(done),
    idsOf(waiting),
    waiting.map(({ records }) => records.length),
    waiting.map(({ records }) => textOf(records)),
    waiting.map(({ records }) => JSON.stringify([...new Set(records.map(({ topic }) => topic))])),
    dead.map(({ id }) => id),
    dead.map(({ record }) => storableText(record.topic)),
    dead.map(({ record }) => storableText(record.key)),
    columns.map(({ headers }) => headers),
    columns.map(({ payload }) => payload),
    columns.map(({ records }) => records),
    dead.map(({ cause }) => storableText(cause)),
  ];
}

interface Columns {
  readonly headers: string;
  readonly payload: string;
  readonly records: string | null;
}

const inColumns = ({ headers, payload }: OutboxRecord): Columns => ({
  headers: JSON.stringify(headers),
  payload,
  records: null,
});

/** For a payload that is not JSON, or exceeds PostgreSQL's nesting limit. */
const asItWas = (record: OutboxRecord): Columns => ({ headers: '{}', payload: 'null', records: textOf([record]) });

/** Error classes that a retry does not cure: data, and limits of the program. */
const isOfTheData = (error: unknown): boolean => /^(22|54)/.test(String((error as { code?: unknown }).code));

const MOVE_TO_DEAD_LETTERS = `
  with removed as (
    delete from outbox where id = $1 returning *
  )
  insert into outbox_dead (id, shard, topic, key, headers, payload, records, created_at, attempts, cause)
  select ${DEAD_ID}, shard, '', '', '{}', 'null', records, created_at, ${ONE_MORE}, $2 from removed`;

/** Moves an unreadable row to `outbox_dead` unchanged; its text stays on the server. */
export async function moveToDeadLetters(client: Client, id: string, cause: string): Promise<void> {
  await client.query(MOVE_TO_DEAD_LETTERS, [id, storableText(cause)]);
}
