import { ignore } from '@quadrille/choreography';
import { step } from '@quadrille/contracts';
import { products } from '../domain/product.js';

/** The catalogue changed: keep what orders are priced from. The product evolves by what was heard, there is nothing to say. */
export const saveProduct = step('keep-product', {
  loads: ({ sku }) => ({ product: products.of(sku) }),
  decide: () => ignore,
});
