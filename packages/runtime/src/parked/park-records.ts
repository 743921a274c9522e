import type { Tx } from '@quadrille/choreography';
import { type ParkedRow, park, waitingAmong } from '@quadrille/inbox';
import type { IncomingRecord } from '@quadrille/kafka';
import { parkable } from '../batch/original.js';
import { idNamed } from '../ids.js';
import { WHOLE_RECORD } from '../input.js';
import { retryDecisionOf } from './park-or-dead-letter.js';

/** Longer keys would not fit into the index of `parked`. */
const MAX_KEY_CHARACTERS = 600;

const placeOf = ({ topic, partition, offset }: IncomingRecord): string => `${topic}/${partition}/${offset}`;

/** The key whose records wait for each other; a record without one, or with a key that cannot be read, waits alone. */
export function keyOf(record: IncomingRecord): string {
  try {
    const { key } = record;
    return key !== null && key.length <= MAX_KEY_CHARACTERS ? key : placeOf(record);
  } catch {
    return placeOf(record);
  }
}

/** Parks the records whose keys wait already, and returns the others. */
export async function withoutParked(tx: Tx, records: readonly IncomingRecord[]): Promise<readonly IncomingRecord[]> {
  const isWaiting = await waitingAmong(tx, records.map(keyOf));
  const behind = records.filter((record) => isWaiting(keyOf(record)));
  if (behind.length === 0) return records;
  await park(tx, behind.map(behindAnother));
  return records.filter((record) => !isWaiting(keyOf(record)));
}

/** Parks records whose keys another session holds: the first of each key is retried, the others queue behind it. */
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

/** The time is part of the id: a topic that was created anew has other records at the same places. */
const rowOf = (record: IncomingRecord) => ({
  step: WHOLE_RECORD,
  messageId: idNamed(`${placeOf(record)} ${record.timestamp}`),
  key: keyOf(record),
  message: parkable(record),
});

const behindAnother = (record: IncomingRecord): ParkedRow => ({
  ...rowOf(record),
  state: 'queued',
  code: 'behind',
  cause: 'An earlier message of this key waits.',
  attempts: 0,
  pauseMs: null,
});
