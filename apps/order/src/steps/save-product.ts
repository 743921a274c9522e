import { ignore } from '@quadrille/choreography';
import { step } from '@quadrille/contracts';
import { products } from '../domain/product.js';

/**
 * Stores a change of the catalogue, for the prices of later orders. The product evolves by the handled event; the step emits
 * none.
 */
export const saveProduct = step('save-product', {
  loads: ({ sku }) => ({ product: products.of(sku) }),
  decide: () => ignore,
});
