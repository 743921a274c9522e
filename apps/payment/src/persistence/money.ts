/** Turns a `bigint` of PostgreSQL, which arrives as text, into an amount in minor units. Throws when it would not be exact. */
export function minorUnits(text: string): number {
  const amount = Number(text);
  if (!Number.isSafeInteger(amount)) throw new RangeError(`The amount ${text} is too large to be exact.`);
  return amount;
}
