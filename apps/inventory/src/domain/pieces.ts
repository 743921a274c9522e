/** A line of an order as far as the stock is concerned. */
interface Line {
  readonly sku: string;
  readonly quantity: number;
}

const counted = new WeakMap<readonly Line[], ReadonlyMap<string, number>>();

/**
 * How many pieces of each SKU some lines ask for, together: lines of one SKU count as one wish.
 * Counted once for each list, because every touched stock of a large order wants to know.
 */
export function piecesIn(lines: readonly Line[]): ReadonlyMap<string, number> {
  const known = counted.get(lines);
  if (known) return known;
  const pieces = new Map<string, number>();
  for (const { sku, quantity } of lines) pieces.set(sku, (pieces.get(sku) ?? 0) + quantity);
  counted.set(lines, pieces);
  return pieces;
}
