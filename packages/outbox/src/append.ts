/** A message to publish after this transaction has committed. Structurally compatible with a transport's `send`. */
export interface OutboxRecord {
  readonly topic: string;
  /** Records of one key are sent in the order of their append. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text, sent unchanged. */
  readonly payload: string;
}

/** Records that one transaction appended to one shard: a row of the outbox. */
export interface OutboxRow {
  /** A 64-bit number in decimal. Later commits of the same key have higher ids. */
  readonly id: string;
  /** Id of the writing transaction: after a restore, another row may have the same id. */
  readonly xid?: string;
  readonly shard: number;
  readonly records: readonly OutboxRecord[];
}

/** Maximum records per row: a relay reads whole rows. */
const MAX_ROW_RECORDS = 500;

/** Maximum characters of payload per row, unless a single record has more: a relay reads whole rows. */
const MAX_ROW_CHARACTERS = 4_000_000;

/** Groups records by shard, in order. */
export function groupByShard(records: readonly OutboxRecord[]): Pick<OutboxRow, 'shard' | 'records'>[] {
  const open = new Map<number, { records: OutboxRecord[]; characters: number }>();
  const rows: Pick<OutboxRow, 'shard' | 'records'>[] = [];
  for (const record of records) {
    const shard = shardOf(record.key);
    const { length } = record.payload;
    let row = open.get(shard);
    if (!row || isFull(row.records, row.characters + length)) {
      row = { records: [], characters: 0 };
      open.set(shard, row);
      rows.push({ shard, records: row.records });
    }
    row.records.push(record);
    row.characters += length;
  }
  return rows;
}

const isFull = ({ length }: readonly OutboxRecord[], characters: number): boolean =>
  length === MAX_ROW_RECORDS || characters > MAX_ROW_CHARACTERS;

/**
 * Formats the column `records`: a line of JSON with topic, key and headers of each record, then one line per payload. As strings
 * within JSON, payloads would be escaped again. An empty first line marks this format. The other format is for payloads with line
 * breaks. The view `outbox_records` reads both.
 */
export function textOf(records: readonly OutboxRecord[]): string {
  if (!records.every(({ payload }) => isLine(payload))) return asJson(records);
  let text = `\n${JSON.stringify(records.map(({ topic, key, headers }) => [topic, key, headers]))}`;
  for (const { payload } of records) text += `\n${payload}`;
  return text;
}

/** `JSON.stringify` writes one line. PostgreSQL cannot store NUL, which occurs only in payloads that are not JSON. */
const isLine = (payload: string): boolean => !payload.includes('\n') && !payload.includes('\0');

const asJson = (records: readonly OutboxRecord[]): string =>
  JSON.stringify(records.map(({ topic, key, headers, payload }) => [topic, key, headers, payload]));

/**
 * Number of parts into which keys divide the outbox. One relay sends a shard at a time; relays beyond this number are standbys.
 * Change it only with an empty outbox: otherwise rows of one key may overtake each other.
 */
export const SHARDS = 16;

const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The shard of a key: FNV-1a, the same in every process and after every database upgrade. */
export function shardOf(key: string): number {
  let hash = FNV_OFFSET_BASIS;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), FNV_PRIME);
  return (hash >>> 0) % SHARDS;
}

/** Matches NUL and surrogates. */
const DOUBTFUL = /[\0\ud800-\udfff]/;

/** Replaces NUL and unpaired surrogates, which PostgreSQL cannot store in text. */
export const storableText = (text: string): string =>
  DOUBTFUL.test(text) ? Buffer.from(text.replaceAll('\0', '\uFFFD')).toString() : text;

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

/** An open database transaction that runs statements with parameters, such as a client of `pg` between `begin` and `commit`. */
export interface Tx {
  /** Runs one statement. Values are sent as parameters, never as part of the text. */
  query<Row extends object = Record<string, any>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
}
