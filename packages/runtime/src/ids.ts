import { createHash, randomFillSync } from 'node:crypto';

/** Bytes of an id besides its time. */
const RANDOM_BYTES = 10;
const pool = new Uint8Array(RANDOM_BYTES * 512);
let used = pool.length;

/** The two hexadecimal digits of each byte. */
const HIGH = Buffer.from(Array.from({ length: 256 }, (_, byte) => (byte >> 4).toString(16)).join(''), 'latin1');
const LOW = Buffer.from(Array.from({ length: 256 }, (_, byte) => (byte & 15).toString(16)).join(''), 'latin1');

/** Ids are written into one buffer. A string concatenated from pieces would be flattened again at each map lookup. */
const text = Buffer.from('00000000-0000-7000-8000-000000000000', 'latin1');
/** Offsets of the bytes after the time. */
const PLACES = [16, 19, 21, 24, 26, 28, 30, 32, 34];
let timeOfText = 0;

/** Returns a new UUID, version 7 (RFC 9562): ordered by time, so that new rows are adjacent in an index. */
export function newId(now = Date.now()): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  if (now !== timeOfText) {
    const time = now.toString(16).padStart(12, '0');
    text.write(`${time.slice(0, 8)}-${time.slice(8)}`, 'latin1');
    timeOfText = now;
  }
  text[15] = LOW[pool[used++]!]!;
  pool[used + 1] = (pool[used + 1]! & 0x3f) | 0x80;
  for (const place of PLACES) {
    const byte = pool[used++]!;
    text[place] = HIGH[byte]!;
    text[place + 1] = LOW[byte]!;
  }
  return text.toString('latin1');
}

/** Returns the creation time of a UUID version 7 in ms since 1970; undefined for any other text. */
export function timeOfId(id: string): number | undefined {
  return id.length === 36 && id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;
}

/** Returns the same UUID for the same name, for entities without an id. Version 8 of RFC 9562, by SHA-256. */
export function idNamed(name: string): string {
  const hash = createHash('sha256').update(name).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Far above the length of any id. PostgreSQL cannot index values of 2,704 bytes or more. */
const MAX_KEY_BYTES = 1_000;

/** Whether a text can be the key of an input. */
export const isKey = (text: string): boolean => Buffer.byteLength(text) <= MAX_KEY_BYTES;
