/** An order line, reduced to the stock's view. */
interface Line {
  readonly sku: string;
  readonly quantity: number;
}

const counted = new WeakMap<readonly Line[], ReadonlyMap<string, number>>();

/**
 * The pieces per SKU; lines of one SKU are added up. The result is cached per list, because every stock row of a large order
 * uses it.
 */
export function piecesIn(lines: readonly Line[]): ReadonlyMap<string, number> {
  const known = counted.get(lines);
  if (known) return known;
  const pieces = new Map<string, number>();
  for (const { sku, quantity } of lines) pieces.set(sku, (pieces.get(sku) ?? 0) + quantity);
  counted.set(lines, pieces);
  return pieces;
}
