import type { Tx } from '@quadrille/choreography';
import { type ParkedRow, park, waitingAmong } from '@quadrille/inbox';
import type { IncomingRecord } from '@quadrille/kafka';
import { idNamed } from '../ids.js';
import { WHOLE_RECORD } from '../input.js';
import { retryDecisionOf } from './park-or-dead-letter.js';
import { parkable } from './parkable.js';

/** Longer keys exceed the size limit of the index of `parked`. */
const MAX_KEY_CHARACTERS = 600;

const placeOf = ({ topic, partition, offset }: IncomingRecord): string => `${topic}/${partition}/${offset}`;

/** Returns the key that orders a record. A record without a readable key is ordered by its own place, so it waits alone. */
export function keyOf(record: IncomingRecord): string {
  try {
    const { key } = record;
    return key !== null && key.length <= MAX_KEY_CHARACTERS ? key : placeOf(record);
  } catch {
    return placeOf(record);
  }
}

/** Parks records whose keys already wait, and returns the others. */
export async function withoutParked(tx: Tx, records: readonly IncomingRecord[]): Promise<readonly IncomingRecord[]> {
  const isWaiting = await waitingAmong(tx, records.map(keyOf));
  const behind = records.filter((record) => isWaiting(keyOf(record)));
  if (behind.length === 0) return records;
  await park(tx, behind.map(behindAnother));
  return records.filter((record) => !isWaiting(keyOf(record)));
}

/** Parks records whose keys another session has locked: the first of each key is retried, the others queue behind it. */
export async function parkRecords(tx: Tx, records: readonly IncomingRecord[], cause: string): Promise<void> {
  const isWaiting = await waitingAmong(tx, records.map(keyOf));
  const seen = new Set<string>();
  const rows = records.map((record) => {
    const key = keyOf(record);
    if (seen.has(key) || isWaiting(key)) return behindAnother(record);
    seen.add(key);
    return { ...rowOf(record), code: 'locked', cause, ...retryDecisionOf({ code: 'locked' }, 1) };
  });
  await park(tx, rows);
}

/** The id contains the time: a recreated topic has other records at the same offsets. */
const rowOf = (record: IncomingRecord) => ({
  step: WHOLE_RECORD,
  messageId: idNamed(`${placeOf(record)} ${record.timestamp}`),
  key: keyOf(record),
  message: parkable(record),
});

const behindAnother = (record: IncomingRecord): ParkedRow => ({
  ...rowOf(record),
  state: 'queued',
  code: 'blocked',
  cause: 'An earlier message of this key waits.',
  attempts: 0,
  pauseMs: null,
});
