/** A requested line; `line` is its index in the request, for pointers. */
export interface RequestedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly line: number;
}

/** Merges lines of one SKU, in order of first appearance. */
export function mergeLines(items: readonly { readonly sku: string; readonly quantity: number }[]): RequestedLine[] {
  const merged = new Map<string, RequestedLine>();
  items.forEach(({ sku, quantity }, line) => {
    const first = merged.get(sku);
    merged.set(sku, first ? { ...first, quantity: first.quantity + quantity } : { sku, quantity, line });
  });
  return [...merged.values()];
}
