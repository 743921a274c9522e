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

/** As the column `records` has them. The view `outbox_records` and the migration know this form as well. */
export const textOf = (records: readonly OutboxRecord[]): string =>
  JSON.stringify(records.map(({ topic, key, headers, payload }) => [topic, key, headers, payload]));

/** The records of what {@link textOf} wrote. */
export const recordsOf = (text: string): OutboxRecord[] =>
  (JSON.parse(text) as [string, string, Record<string, string>, string][]).map(([topic, key, headers, payload]) => ({
    topic,
    key,
    headers,
    payload,
  }));
