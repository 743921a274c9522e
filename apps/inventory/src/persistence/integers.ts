/** The largest exact number. A row above it can only be written by hand; lists omit it, so that the other rows stay available. */
export const MOST_EXACT = Number.MAX_SAFE_INTEGER;

/** Converts a `bigint` of PostgreSQL, which `pg` returns as text, to a number of pieces or minor units. Throws if that is not exact. */
export function exact(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${text} is too large to be exact.`);
  return number;
}
