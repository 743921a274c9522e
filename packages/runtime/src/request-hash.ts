import { createHash } from 'node:crypto';

/** Sorts the keys of objects, so that two spellings of one request have the same text. */
const sorted = (_key: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** SHA-256 (hex) of a request: step and JSON value. The order of keys does not matter. */
export const requestHash = (step: string, request: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([step, request ?? null], sorted))
    .digest('hex');
