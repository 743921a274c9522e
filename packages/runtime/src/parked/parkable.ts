import { type Step, UnreadableMessage } from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/kafka';
import { decodeAttributes } from '@quadrille/kafka/cloud-event';
import { messageOf } from '@quadrille/postgres';
import { idNamed, isKey } from '../ids.js';
import { type Original, type Unreadable, WHOLE_RECORD } from '../input.js';

/** Returns a record that can be stored as JSON. An unreadable part is replaced by a default: parking must never fail. */
export function parkable(record: Original): Original {
  try {
    JSON.stringify(record);
    return record;
  } catch {
    return {
      topic: read(() => record.topic, ''),
      partition: read(() => record.partition, -1),
      offset: read(() => record.offset, ''),
      timestamp: read(() => record.timestamp, ''),
      key: read(() => record.key, null),
      value: read(() => record.value, null),
      headers: read(() => record.headers, {}),
    };
  }
}

/** Returns a part of a record, or a default if it cannot be read or serialized. */
function read<Part>(part: () => Part, otherwise: Part): Part {
  try {
    const value = part();
    return JSON.stringify(value) === undefined ? otherwise : value;
  } catch {
    return otherwise;
  }
}

/** Whether a parked message has the form of a record: another version or an operator may have stored something else. */
export function isRecord(message: unknown): message is Original {
  if (typeof message !== 'object' || message === null) return false;
  const { topic, key, value, headers } = message as Record<keyof Original, unknown>;
  return (
    typeof topic === 'string' &&
    isTextOrNull(key) &&
    isTextOrNull(value) &&
    typeof headers === 'object' &&
    headers !== null &&
    Object.values(headers).every((header) => typeof header === 'string')
  );
}

const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string';

/** An unexpected exception of a reader is a bug: it costs this record, which can be redriven after a fix. */
export const unreadableBecauseOf = (error: unknown): UnreadableMessage =>
  error instanceof UnreadableMessage
    ? error
    : new UnreadableMessage('unreadable-bug', `Reading the record failed: ${messageOf(error)}`, { cause: error });

/** The unreadable record as inputs: one per reacting step, or one for the whole record. */
export function unreadable(
  record: IncomingRecord,
  key: string | null,
  error: UnreadableMessage,
  reacting: readonly Step[],
): Unreadable[] {
  const place = `${record.topic}/${record.partition}/${record.offset}`;
  const common = {
    from: 'unreadable' as const,
    messageId: idNamed(place),
    code: error.code,
    cause: error.message,
    original: record,
  };
  // An unreadable event of a known type may be part of a saga, so later messages of its key must wait. Garbage and forgeries
  // block no key.
  if (error.code === 'wrong-origin' || reacting.length === 0 || !key || !isKey(key))
    return [{ ...common, step: WHOLE_RECORD, key: place }];
  return reacting.map(({ name }) => ({ ...common, step: name, key }));
}

/** The subject of a record, if it can be read. */
export function subjectOf(record: IncomingRecord): string | null {
  try {
    return decodeAttributes(record).subject;
  } catch {
    return null;
  }
}
