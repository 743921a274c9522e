/** The largest number that is exact: a row beyond it, which only a human hand writes, is in no list, so that the others are. */
export const MOST_EXACT = Number.MAX_SAFE_INTEGER;

/** Turns a `bigint` of PostgreSQL, which arrives as text, into a number of pieces or minor units. Throws when it would not be exact. */
export function exact(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${text} is too large to be exact.`);
  return number;
}
