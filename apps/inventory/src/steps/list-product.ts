import { ignore } from '@quadrille/choreography';
import { PriceChanged, ProductListed, step } from '@quadrille/contracts';
import { products, revisionOf } from '../domain/products.js';

/**
 * A product is put into the catalogue as it shall be. Another price or currency is always told as PriceChanged, also when the
 * name or the weight changed with it: that event carries all of the product, and whoever watches prices must not miss one.
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
