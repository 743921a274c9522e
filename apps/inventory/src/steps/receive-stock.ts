import { reject } from '@quadrille/choreography';
import { StockReceived, step } from '@quadrille/contracts';
import { products } from '../domain/products.js';
import { stock } from '../domain/stock.js';

/** Goods came in: they are available at once. Only what is in the catalogue is taken in. */
export const receiveStock = step('receive-stock', {
  loads: ({ sku }) => ({ product: products.of(sku), shelf: stock.of(sku) }),
  decide({ product, shelf }, { sku, receiptId, quantity }) {
    if (!product.listed) return reject(404, 'unknown-sku', `There is no product ${sku} in the catalogue.`);
    if (!Number.isSafeInteger(shelf.received + quantity)) {
      return reject(422, 'too-much-stock', `So much of ${sku} cannot be counted any more.`, ['/quantity']);
    }
    return StockReceived({ sku, receiptId, quantity });
  },
});
