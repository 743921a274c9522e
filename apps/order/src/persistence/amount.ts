/** Parses an amount in minor units: the driver returns `bigint` as text. Throws if it exceeds the safe integers. */
export function amountOf(bigint: string): number {
  const amount = Number(bigint);
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${bigint} is not an exact amount: it is no safe integer.`);
  return amount;
}
