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
      /** Inventory's count of its changes; 0 when only events without were heard. */
      readonly revision: number;
    };

/**
 * Both events carry the whole product, so the newest one is all there is to know: an older one that comes late changes
 * nothing, a second delivery changes nothing either. Which is newer inventory's count says, not its clocks, of which each instance has its
 * own. An event from before there was a count goes by its time; of those that share a millisecond the last to arrive counts.
 */
export const products = aggregate<Product>('products', {
  initial: (sku) => ({ sku, listed: false }),

  evolve(product, said, at) {
    if (said.type !== 'ProductListed' && said.type !== 'PriceChanged') return product;
    const { sku, name, price, currency, weightGrams } = said.data;
    if (sku !== product.sku) return product;
    const known = product.listed ? product : { revision: 0, saidAt: '' };
    const { revision } = said.data;
    if (revision === undefined ? at < known.saidAt : revision <= known.revision) return product;
    return {
      ...{ sku, listed: true, name, price, currency, weightGrams, saidAt: at },
      revision: revision ?? known.revision,
    };
  },
});
