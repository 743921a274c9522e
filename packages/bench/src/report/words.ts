/** `12,345`; below 100 with one or two decimals. */
export function number(value: number): string {
  const decimals = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** `4,812 (4,700–4,901)`; a single run has no spread. */
export function withSpread({ median, min, max }: { median: number; min: number; max: number }): string {
  return min === max ? number(median) : `${number(median)} (${number(min)}–${number(max)})`;
}

/** Rounds to four significant digits, since runs are not more precise. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
