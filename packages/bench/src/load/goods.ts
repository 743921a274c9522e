/** The products and customers of the benchmark; the same on both sides. */
export const CURRENCY = 'GBP';

const id = (kind: string, at: number): string => `0000${kind}-0000-4000-8000-${String(at).padStart(12, '0')}`;

/** Enough that orders in flight rarely share an account or a product. */
const CUSTOMERS = 200;
const SKUS = 50;

/** Customers who can pay any order, and one who cannot pay the cheapest. */
export const RICH: readonly string[] = Array.from({ length: CUSTOMERS }, (_, at) => id('bea0', at));
export const POOR = id('beb0', 0);
/** Minor units. */
export const RICH_HAVE = 1_000_000_000_000;
export const POOR_HAS = 1;

/** A product with its price in minor units and the delivered pieces. */
export interface Goods {
  readonly sku: string;
  readonly price: number;
  readonly pieces: number;
}

const PLENTY = 1_000_000;

export const IN_STOCK: readonly Goods[] = Array.from({ length: SKUS }, (_, at) => ({
  sku: `BENCH-${String(at).padStart(3, '0')}`,
  price: 250 + 25 * at,
  pieces: PLENTY,
}));
/** Listed, never delivered: inventory refuses orders for it. */
export const SOLD_OUT: Goods = { sku: 'BENCH-SOLD-OUT', price: 500, pieces: 0 };
/** The product of the flash sale. */
export const RARE: Goods = { sku: 'BENCH-RARE', price: 9_900, pieces: 100 };
/** All listed products. */
export const GOODS: readonly Goods[] = [...IN_STOCK, SOLD_OUT, RARE];
