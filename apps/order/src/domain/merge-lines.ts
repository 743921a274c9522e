/** A line as the customer asked for it; `line` is where it stood in the request, for pointers. */
export interface AskedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly line: number;
}

/** Merges lines of one SKU, in order of first appearance. */
export function mergeLines(items: readonly { readonly sku: string; readonly quantity: number }[]): AskedLine[] {
  const merged = new Map<string, AskedLine>();
  items.forEach(({ sku, quantity }, line) => {
    const first = merged.get(sku);
    merged.set(sku, first ? { ...first, quantity: first.quantity + quantity } : { sku, quantity, line });
  });
  return [...merged.values()];
}
