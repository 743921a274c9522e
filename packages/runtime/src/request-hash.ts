import { createHash } from 'node:crypto';

/** The same value with the keys of its objects in order: two spellings of one request become one text. */
const sorted = (_key: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** SHA-256, hex, of what a caller asked for: a step and a JSON value. The order of keys does not matter, all else does. */
export const requestHash = (step: string, request: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([step, request ?? null], sorted))
    .digest('hex');
