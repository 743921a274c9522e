import type { OutboxRecord } from './record.js';
import { shardOf } from './shard.js';
import { storableText } from './storable-text.js';

/** What one transaction said for one shard: a row of the outbox. */
export interface OutboxRow {
  /** A 64-bit number in decimal; of a later commit for the same key it is higher. */
  readonly id: string;
  /** Of the transaction that wrote it: another database may give the same id to another row. */
  readonly xid?: string;
  readonly shard: number;
  readonly records: readonly OutboxRecord[];
}

/** The most records a row holds: a relay takes whole rows. */
const MAX_ROW_RECORDS = 500;

/** The most text a row holds, in characters of payload, unless one record alone has more: a relay reads whole rows. */
const MAX_ROW_CHARACTERS = 4_000_000;

/** Puts records that belong to one shard together, in their order. */
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
 * As the column `records` has them: a line of JSON with topic, key and headers of each, then the payloads, a line each. As texts within
 * JSON they would be escaped once more. The empty line before says which form it is; the other one is for payloads that are no line.
 * The view `outbox_records` knows both.
 */
export function textOf(records: readonly OutboxRecord[]): string {
  if (!records.every(({ payload }) => isLine(payload))) return asJson(records);
  let text = `\n${JSON.stringify(records.map(({ topic, key, headers }) => [topic, key, headers]))}`;
  for (const { payload } of records) text += `\n${payload}`;
  return text;
}

/** `JSON.stringify` writes lines. PostgreSQL keeps no NUL, which only a payload has that is no JSON. */
const isLine = (payload: string): boolean => !payload.includes('\n') && !payload.includes('\0');

const asJson = (records: readonly OutboxRecord[]): string =>
  JSON.stringify(records.map(({ topic, key, headers, payload }) => [topic, key, headers, payload]));

/** A row that this version cannot read: of a newer one, or mended by hand. */
export class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow';
}

/** The records of what {@link textOf} wrote. Throws {@link UnreadableRow}: nothing of a row is sent that is not understood as a whole. */
export function recordsOf(text: string): OutboxRecord[] {
  const [, inLines, ...lines] = text.startsWith('\n') ? text.split('\n') : [];
  const heads = parsed(inLines ?? text);
  if (!Array.isArray(heads) || heads.length === 0) throw new UnreadableRow('It holds no list of records.');
  if (inLines !== undefined && lines.length !== heads.length) {
    throw new UnreadableRow(`It names ${heads.length} records and has ${lines.length} payloads.`);
  }
  return heads.map((head: unknown, at) => readable(inLines === undefined ? head : withPayload(head, lines[at]!), at));
}

function parsed(heads: string): unknown {
  try {
    return JSON.parse(heads);
  } catch (error) {
    throw new UnreadableRow(`It is no JSON: ${(error as Error).message}`);
  }
}

const withPayload = (head: unknown, payload: string): unknown => (Array.isArray(head) ? [...head, payload] : head);

function readable(fields: unknown, at: number): OutboxRecord {
  const [topic, key, headers, payload, ...more] = Array.isArray(fields) ? (fields as unknown[]) : [];
  const record = { topic, key, headers, payload };
  const fault = more.length > 0 ? 'has more fields than this version knows' : faultOf(record);
  if (fault) throw new UnreadableRow(`Record ${at + 1} ${fault}.`);
  return record as OutboxRecord;
}

/** What makes this no record, to be said after "it"; undefined when nothing does. */
export function faultOf({ topic, key, headers, payload }: Record<keyof OutboxRecord, unknown>): string | undefined {
  if (typeof topic !== 'string' || !isName(topic)) return 'has no topic';
  if (typeof key !== 'string') return 'has no key';
  if (!isTexts(headers)) return 'has headers that are no texts';
  if (typeof payload !== 'string') return 'has no payload';
  return undefined;
}

/** PostgreSQL can compare it. */
const isName = (text: string): boolean => text !== '' && storableText(text) === text;

const isTexts = (headers: unknown): boolean =>
  typeof headers === 'object' &&
  headers !== null &&
  !Array.isArray(headers) &&
  Object.values(headers).every((value) => typeof value === 'string');
