/** An amount in minor units as the driver hands it over: a `bigint` comes as text. Throws where exact reckoning ends. */
export function amountOf(bigint: string): number {
  const amount = Number(bigint);
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${bigint} is no amount that can be reckoned with exactly.`);
  return amount;
}
