import type { OutboxRecord } from './record.js';
import { shardOf } from './shard.js';

/** What one transaction said for one shard: a row of the outbox. */
export interface Parcel {
  /** A 64-bit number in decimal; of a later commit for the same key it is higher. */
  readonly id: string;
  readonly shard: number;
  readonly records: readonly OutboxRecord[];
}

/** The most records a row holds: a relay takes whole rows. */
export const MAX_PARCEL_RECORDS = 500;

/** Puts records that belong to one shard together, in their order. */
export function packed(records: readonly OutboxRecord[]): Omit<Parcel, 'id'>[] {
  const open = new Map<number, OutboxRecord[]>();
  const parcels: Omit<Parcel, 'id'>[] = [];
  for (const record of records) {
    const shard = shardOf(record.key);
    let parcel = open.get(shard);
    if (!parcel || parcel.length === MAX_PARCEL_RECORDS) {
      parcel = [];
      open.set(shard, parcel);
      parcels.push({ shard, records: parcel });
    }
    parcel.push(record);
  }
  return parcels;
}

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

type Head = [topic: string, key: string, headers: Record<string, string>, payload?: string];

/** The records of what {@link textOf} wrote. */
export function recordsOf(text: string): OutboxRecord[] {
  const [, heads = text, ...lines] = text.startsWith('\n') ? text.split('\n') : [];
  return (JSON.parse(heads) as Head[]).map(([topic, key, headers, payload = ''], at) => ({
    topic,
    key,
    headers,
    payload: lines[at] ?? payload,
  }));
}
