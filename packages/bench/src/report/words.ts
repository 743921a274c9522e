/** `12,345`; below 100 with as many decimals as are worth reading. */
export function number(value: number): string {
  const decimals = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** `4,812 (4,700–4,901)`; one run has no spread. */
export function withSpread({ median, min, max }: { median: number; min: number; max: number }): string {
  return min === max ? number(median) : `${number(median)} (${number(min)}–${number(max)})`;
}

/** A figure of the document: rounded to four digits, as no run repeats more. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
