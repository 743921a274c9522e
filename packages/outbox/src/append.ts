import { groupByShard, type OutboxRow, textOf } from './outbox-row.js';
import type { OutboxRecord } from './record.js';
import { storableText } from './storable-text.js';
import type { Tx } from './tx.js';

/** Rows of one statement: more than there are shards. */
const MAX_ROWS = 32;

/**
 * Appends records, in their order, to what is sent after this transaction has committed. Whoever appends for a key holds a
 * lock on something of that key (the row of its aggregate), so that for one key the order of the ids is that of the commits.
 */
export async function append(tx: Tx, records: readonly OutboxRecord[]): Promise<void> {
  await appending(records)(tx);
}

/** The same in two parts: all is made ready here, and the function it gives sends it, at once. */
export function appending(records: readonly OutboxRecord[]): (tx: Tx) => Promise<void> {
  const rows = groupByShard(records.map(storable));
  const inserts: Insert[] = [];
  for (let at = 0; at < rows.length; at += MAX_ROWS) inserts.push(insertOf(rows.slice(at, at + MAX_ROWS)));
  return async (tx) => {
    await Promise.all(inserts.map((insert) => send(tx, insert)));
  };
}

/** By transaction; forgotten with it. */
const appended = new WeakMap<Tx, OutboxRow[]>();

/** What `append` wrote in this transaction: for `relay.remember` once it has committed, and never before. */
export const appendedIn = (tx: Tx): readonly OutboxRow[] => appended.get(tx) ?? [];

interface Insert {
  readonly parcels: ReturnType<typeof groupByShard>;
  readonly text: string;
  readonly values: readonly unknown[];
}

const insertOf = (rows: Insert['parcels']): Insert => ({
  parcels: rows,
  text: insertText(rows.length),
  values: rows.flatMap(({ shard, records }) => [shard, records.length, textOf(records)]),
});

async function send(tx: Tx, { parcels, text, values }: Insert): Promise<void> {
  const { rows } = await tx.query<Pick<OutboxRow, 'id' | 'xid'>>(text, values);
  const written = parcels.map((row, at) => ({ ...row, ...rows[at]! }));
  appended.set(tx, [...appendedIn(tx), ...written]);
}

const statements: string[] = [];

/**
 * A text as a parameter of its own crosses the wire as it is, inside an array it would be escaped once more. The condition is always
 * true: it makes the transaction draw its number before the ids, which the relay relies on (floor.ts).
 */
function insertText(rows: number): string {
  statements[rows] ??= `
  insert into outbox (shard, size, records)
  select shard, size, records
    from (values ${Array.from({ length: rows }, (_, at) => `($${3 * at + 1}::smallint, $${3 * at + 2}::int, $${3 * at + 3}::text)`)})
         as parcels (shard, size, records)
   where pg_current_xact_id() is not null
  returning id, xmin::text as xid`;
  return statements[rows];
}

/** The records can be looked at as columns, and PostgreSQL keeps no NUL and no half of a pair of surrogates in a text. */
const storable = (record: OutboxRecord): OutboxRecord => {
  const key = storableText(record.key);
  return key === record.key ? record : { ...record, key };
};
