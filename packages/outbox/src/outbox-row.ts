import type { OutboxRecord } from './record.js';
import { shardOf } from './shard.js';
import { storableText } from './storable-text.js';

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

/** A row that this version cannot read: written by a newer version, or edited by hand. */
export class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow';
}

/** Parses the format of {@link textOf}. Throws {@link UnreadableRow}: a row is sent only if all of it is readable. */
export function recordsOf(text: string): OutboxRecord[] {
  const [, inLines, ...lines] = text.startsWith('\n') ? text.split('\n') : [];
  const heads = parsed(inLines ?? text);
  if (!Array.isArray(heads) || heads.length === 0) throw new UnreadableRow('The row has no list of records.');
  if (inLines !== undefined && lines.length !== heads.length) {
    throw new UnreadableRow(`The row lists ${heads.length} records and has ${lines.length} payloads.`);
  }
  return heads.map((head: unknown, at) => readable(inLines === undefined ? head : withPayload(head, lines[at]!), at));
}

function parsed(heads: string): unknown {
  try {
    return JSON.parse(heads);
  } catch (error) {
    throw new UnreadableRow(`The row is no JSON: ${(error as Error).message}`);
  }
}

const withPayload = (head: unknown, payload: string): unknown => (Array.isArray(head) ? [...head, payload] : head);

function readable(fields: unknown, at: number): OutboxRecord {
  const [topic, key, headers, payload, ...more] = Array.isArray(fields) ? (fields as unknown[]) : [];
  const record = { topic, key, headers, payload };
  const fault = more.length > 0 ? 'has more fields than this version supports' : faultOf(record);
  if (fault) throw new UnreadableRow(`Record ${at + 1} ${fault}.`);
  return record as OutboxRecord;
}

/** Describes the fault of a record, as a sentence without its subject; undefined for a valid record. */
export function faultOf({ topic, key, headers, payload }: Record<keyof OutboxRecord, unknown>): string | undefined {
  if (typeof topic !== 'string' || !isName(topic)) return 'has no topic';
  if (typeof key !== 'string') return 'has no key';
  if (!isTexts(headers)) return 'has headers that are no strings';
  if (typeof payload !== 'string') return 'has no payload';
  return undefined;
}

/** A name that PostgreSQL can compare. */
const isName = (text: string): boolean => text !== '' && storableText(text) === text;

const isTexts = (headers: unknown): boolean =>
  typeof headers === 'object' &&
  headers !== null &&
  !Array.isArray(headers) &&
  Object.values(headers).every((value) => typeof value === 'string');
