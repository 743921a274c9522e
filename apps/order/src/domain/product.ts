import { aggregate } from '@quadrille/contracts';

/** What orders are priced from: the catalogue as inventory told it. Prices in minor units. */
export type Product =
  | { readonly sku: string; readonly listed: false }
  | {
      readonly sku: string;
      readonly listed: true;
      readonly name: string;
      readonly price: number;
      readonly currency: string;
      readonly weightGrams: number;
      /** When inventory said so, ISO 8601 in UTC with milliseconds. */
      readonly saidAt: string;
    };

/**
 * Both events carry the whole product, so the newest one is all there is to know: an older one that comes late changes
 * nothing, a second delivery changes nothing either. Events of one SKU that share a millisecond count in order of arrival.
 */
export const products = aggregate<Product>('products', {
  initial: (sku) => ({ sku, listed: false }),

  evolve(product, said, at) {
    if (said.type !== 'ProductListed' && said.type !== 'PriceChanged') return product;
    const { sku, name, price, currency, weightGrams } = said.data;
    if (sku !== product.sku) return product;
    if (product.listed && at < product.saidAt) return product;
    return { sku, listed: true, name, price, currency, weightGrams, saidAt: at };
  },
});
