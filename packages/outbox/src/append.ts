import { groupByShard, type OutboxRow, textOf } from './outbox-row.js';
import type { OutboxRecord } from './record.js';
import { storableText } from './storable-text.js';
import type { Tx } from './tx.js';

/** Maximum rows per statement: more than there are shards. */
const MAX_ROWS = 32;

/**
 * Appends records, in order, to the outbox; they are published after this transaction commits. The caller must hold a row lock
 * for the key, so that id order equals commit order per key.
 */
export async function append(tx: Tx, records: readonly OutboxRecord[]): Promise<void> {
  await appending(records)(tx);
}

/** {@link append} in two parts: this function builds the statements, and the returned function sends them all at once. */
export function appending(records: readonly OutboxRecord[]): (tx: Tx) => Promise<void> {
  const rows = groupByShard(records.map(storable));
  const inserts: Insert[] = [];
  for (let at = 0; at < rows.length; at += MAX_ROWS) inserts.push(insertOf(rows.slice(at, at + MAX_ROWS)));
  return async (tx) => {
    await Promise.all(inserts.map((insert) => send(tx, insert)));
  };
}

/** Rows by transaction, garbage-collected with it. */
const appended = new WeakMap<Tx, OutboxRow[]>();

/** Returns the rows that `append` wrote in this transaction. Pass them to `relay.cache` after the commit, never before. */
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
 * A text parameter is sent unescaped; inside an array it would be escaped again. The condition is always true: it assigns the
 * transaction id before the row ids, which the relay depends on (low-watermark.ts).
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

/** The key is queried as a column, and PostgreSQL cannot store NUL or an unpaired surrogate in text. */
const storable = (record: OutboxRecord): OutboxRecord => {
  const key = storableText(record.key);
  return key === record.key ? record : { ...record, key };
};
