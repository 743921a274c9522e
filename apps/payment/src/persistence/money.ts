/** Converts a `bigint` of PostgreSQL, which `pg` returns as text, to an amount in minor units. Throws if that is not exact. */
export function minorUnits(text: string): number {
  const amount = Number(text);
  if (!Number.isSafeInteger(amount)) throw new RangeError(`The amount ${text} is too large to be exact.`);
  return amount;
}
