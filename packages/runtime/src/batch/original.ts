import type { Original } from '../input.js';

/** A record as it can be kept as JSON. Of one that cannot be read whole it has what can be: setting it aside must never fail. */
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

/** A part of a record, or what stands for it where it cannot be read or kept. */
function read<Part>(part: () => Part, otherwise: Part): Part {
  try {
    const value = part();
    return JSON.stringify(value) === undefined ? otherwise : value;
  } catch {
    return otherwise;
  }
}

/** Whether what is parked has the form of a record: another version or a human hand may have left something else. */
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
