import { reject } from '@quadrille/choreography';
import { StockReceived, step } from '@quadrille/contracts';
import { products } from '../domain/products.js';
import { stock } from '../domain/stock.js';

/** Receives a delivery: the pieces are available immediately. The SKU must be in the catalogue. */
export const receiveStock = step('receive-stock', {
  loads: ({ sku }) => ({ product: products.of(sku), shelf: stock.of(sku) }),
  decide({ product, shelf }, { sku, receiptId, quantity }) {
    if (!product.listed) return reject(404, 'unknown-sku', `SKU ${sku} is not in the catalogue.`);
    if (!Number.isSafeInteger(shelf.received + quantity)) {
      return reject(422, 'too-much-stock', `The total received of ${sku} would exceed 2^53 - 1.`, ['/quantity']);
    }
    return StockReceived({ sku, receiptId, quantity });
  },
});
