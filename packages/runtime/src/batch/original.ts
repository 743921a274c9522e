import type { Original } from '../input.js';

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
