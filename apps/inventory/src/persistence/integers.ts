/** Turns a `bigint` of PostgreSQL, which arrives as text, into a number of pieces or minor units. Throws when it would not be exact. */
export function exact(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${text} is too large to be exact.`);
  return number;
}
