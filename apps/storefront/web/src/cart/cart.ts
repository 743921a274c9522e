/** What one wants to order: at most one line a SKU, in the order in which they came in. */
export type Cart = readonly { readonly sku: string; readonly quantity: number }[];

/** One piece more. */
export const added = (cart: Cart, sku: string): Cart => withQuantity(cart, sku, quantityOf(cart, sku) + 1);

/** So many pieces; none takes the line out. What is no whole number of pieces changes nothing. */
export function withQuantity(cart: Cart, sku: string, quantity: number): Cart {
  if (!Number.isInteger(quantity) || quantity < 0) return cart;
  if (quantity === 0) return cart.filter((line) => line.sku !== sku);
  if (!cart.some((line) => line.sku === sku)) return [...cart, { sku, quantity }];
  return cart.map((line) => (line.sku === sku ? { sku, quantity } : line));
}

export const quantityOf = (cart: Cart, sku: string): number => cart.find((line) => line.sku === sku)?.quantity ?? 0;

export const piecesIn = (cart: Cart): number => cart.reduce((sum, { quantity }) => sum + quantity, 0);

/** What storage holds may be of another release, or of somebody's own making: what is no cart is an empty one. */
export function cartFrom(text: string | undefined): Cart {
  try {
    const read: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(read) ? read.filter(isLine).map(({ sku, quantity }) => ({ sku, quantity })) : [];
  } catch {
    return [];
  }
}

const isLine = (line: unknown): line is Cart[number] => {
  const { sku, quantity } = (line ?? {}) as Record<string, unknown>;
  return typeof sku === 'string' && Number.isInteger(quantity) && (quantity as number) > 0;
};
