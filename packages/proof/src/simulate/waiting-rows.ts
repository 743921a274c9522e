import type { OutboxRow } from './tables.js';

/** A committed outbox. */
export interface CommittedOutbox {
  committedOutbox(): readonly OutboxRow[];
}

/** The rows of these shards. */
export function rowsIn(database: CommittedOutbox, shards: readonly unknown[]): OutboxRow[] {
  const wanted = new Set(shards.map(Number));
  return database.committedOutbox().filter(({ shard }) => wanted.has(shard));
}

/** The data that the relay reads of a row first. */
export const placeOf = ({ id, size, records }: OutboxRow) => ({ id: String(id), size, bytes: records.length });

/** The first waiting rows of these shards from an id on. */
export const waitingRows = (database: CommittedOutbox, [from, shards, limit]: readonly any[]): object[] =>
  rowsIn(database, shards)
    .filter(({ id, held }) => id >= Number(from) && !held)
    .slice(0, limit)
    .map(placeOf);
