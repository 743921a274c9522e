import { aggregate } from '@quadrille/contracts';

/** A product for sale; the price is in minor units of the currency (ISO 4217). */
export interface Listing {
  readonly sku: string;
  readonly name: string;
  readonly price: number;
  readonly currency: 'EUR' | 'GBP' | 'USD';
  readonly weightGrams: number;
}

/** A product of the catalogue, or an unlisted SKU. */
export type Product =
  | { readonly listed: false; readonly sku: string }
  | (Listing & {
      readonly listed: true;
      /** The last change, ISO 8601. */
      readonly at: string;
      /** The number of changes. */
      readonly revision: number;
    });

export type ListedProduct = Extract<Product, { listed: true }>;

/** The catalogue, by SKU. */
export const products = aggregate<Product>('products', {
  initial: (sku) => ({ listed: false, sku }),

  evolve(product, event, at) {
    if (event.type !== 'ProductListed' && event.type !== 'PriceChanged') return product;
    const { sku, name, price, currency, weightGrams } = event.data;
    const revision = event.data.revision ?? revisionOf(product) + 1;
    return sku === product.sku ? { listed: true, sku, name, price, currency, weightGrams, at, revision } : product;
  },
});

/** 0 for an unlisted SKU. */
export const revisionOf = (product: Product): number => (product.listed ? product.revision : 0);
