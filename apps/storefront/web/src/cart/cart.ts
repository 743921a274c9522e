/** The lines to order: at most one per SKU, in the order of their addition. */
export type Cart = readonly { readonly sku: string; readonly quantity: number }[];

/** Adds one piece. */
export const added = (cart: Cart, sku: string): Cart => withQuantity(cart, sku, quantityOf(cart, sku) + 1);

/** Sets the number of pieces; zero removes the line. An invalid number changes nothing. */
export function withQuantity(cart: Cart, sku: string, quantity: number): Cart {
  if (!Number.isInteger(quantity) || quantity < 0) return cart;
  if (quantity === 0) return cart.filter((line) => line.sku !== sku);
  if (!cart.some((line) => line.sku === sku)) return [...cart, { sku, quantity }];
  return cart.map((line) => (line.sku === sku ? { sku, quantity } : line));
}

export const quantityOf = (cart: Cart, sku: string): number => cart.find((line) => line.sku === sku)?.quantity ?? 0;

export const piecesIn = (cart: Cart): number => cart.reduce((sum, { quantity }) => sum + quantity, 0);

/** Parses the stored cart. The storage may come from another release or be edited by hand: an invalid cart is empty. */
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
