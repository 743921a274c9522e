import { ignore } from '@quadrille/choreography';
import { PriceChanged, ProductListed, step } from '@quadrille/contracts';
import { products, revisionOf } from '../domain/products.js';

/**
 * Creates or replaces a product. A change of price or currency always emits PriceChanged, even if name or weight change too: the event
 * carries the whole product, and consumers of prices need to handle only this event.
 */
export const listProduct = step('list-product', {
  loads: ({ sku }) => ({ product: products.of(sku) }),
  decide({ product }, { sku, name, price, currency, weightGrams }) {
    const listing = { sku, name, price, currency, weightGrams, revision: revisionOf(product) + 1 };
    if (!product.listed) return ProductListed(listing);
    if (product.price !== price || product.currency !== currency) {
      return PriceChanged({ ...listing, previousPrice: product.price, previousCurrency: product.currency });
    }
    return product.name === name && product.weightGrams === weightGrams ? ignore : ProductListed(listing);
  },
});
