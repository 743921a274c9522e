import { aggregate } from '@quadrille/contracts';

/** A product as it is sold: the price is in minor units of the currency (ISO 4217). */
export interface Listing {
  readonly sku: string;
  readonly name: string;
  readonly price: number;
  readonly currency: 'EUR' | 'GBP' | 'USD';
  readonly weightGrams: number;
}

/** A product of the catalogue, or a SKU that is not in it. */
export type Product =
  | { readonly listed: false; readonly sku: string }
  | (Listing & {
      readonly listed: true /** When it last changed, ISO 8601. */;
      readonly at: string /** How often it changed. */;
      readonly revision: number;
    });

export type ListedProduct = Extract<Product, { listed: true }>;

/** The catalogue, by SKU. */
export const products = aggregate<Product>('products', {
  initial: (sku) => ({ listed: false, sku }),

  evolve(product, said, at) {
    if (said.type !== 'ProductListed' && said.type !== 'PriceChanged') return product;
    const { sku, name, price, currency, weightGrams } = said.data;
    const revision = said.data.revision ?? revisionOf(product) + 1;
    return sku === product.sku ? { listed: true, sku, name, price, currency, weightGrams, at, revision } : product;
  },
});

/** 0 for a SKU that was never listed. */
export const revisionOf = (product: Product): number => (product.listed ? product.revision : 0);
