import { aggregate } from '@quadrille/contracts';

/** The data that prices an order: the catalogue from the events of inventory. Prices in minor units. */
export type Product =
  | { readonly sku: string; readonly listed: false }
  | {
      readonly sku: string;
      readonly listed: true;
      readonly name: string;
      readonly price: number;
      readonly currency: string;
      readonly weightGrams: number;
      /** The time of the newest event, ISO 8601 in UTC with milliseconds. */
      readonly occurredAt: string;
      /** Inventory's count of changes of the product; 0 if only events without it were handled. */
      readonly revision: number;
    };

/**
 * Both events carry the whole product, so that the newest one is sufficient: an older one that arrives late changes nothing, nor
 * does a duplicate. Inventory's count defines the newest one, because each instance has its own clock. Older events without a
 * count are compared by time; of two with the same millisecond the last to arrive counts.
 */
export const products = aggregate<Product>('products', {
  initial: (sku) => ({ sku, listed: false }),

  evolve(product, event, at) {
    if (event.type !== 'ProductListed' && event.type !== 'PriceChanged') return product;
    const { sku, name, price, currency, weightGrams } = event.data;
    if (sku !== product.sku) return product;
    const known = product.listed ? product : { revision: 0, occurredAt: '' };
    const { revision } = event.data;
    if (revision === undefined ? at < known.occurredAt : revision <= known.revision) return product;
    return {
      ...{ sku, listed: true, name, price, currency, weightGrams, occurredAt: at },
      revision: revision ?? known.revision,
    };
  },
});
