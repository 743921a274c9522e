import { createHash, randomFillSync } from 'node:crypto';

const pool = new Uint8Array(16 * 256);
let used = pool.length;

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function formatted(bytes: Uint8Array, version: number): string {
  let text = '';
  for (let at = 0; at < 16; at++) {
    const byte = bytes[at]!;
    if (at === 4 || at === 6 || at === 8 || at === 10) text += '-';
    text += hex[at === 6 ? (byte & 0x0f) | (version << 4) : at === 8 ? (byte & 0x3f) | 0x80 : byte];
  }
  return text;
}

/** A new UUID, version 7 (RFC 9562): ordered by time, so that new rows lie together in an index. */
export function newId(now = Date.now()): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, used + 16);
  used += 16;
  for (let at = 5, rest = now; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  return formatted(bytes, 7);
}

/** When a UUID of version 7 was made, in milliseconds since 1970; undefined for any other text. */
export function timeOfId(id: string): number | undefined {
  return id.length === 36 && id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;
}

/** The same UUID for the same name, always: for things that have no id of their own. Version 8 of RFC 9562, by SHA-256. */
export const idNamed = (name: string): string => formatted(createHash('sha256').update(name).digest(), 8);
