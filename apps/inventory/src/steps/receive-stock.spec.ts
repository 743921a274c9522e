import { describe, it } from '@jest/globals';
import { MAX_LINE_QUANTITY, ProductListed, StockReceived } from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import { stock } from '../domain/stock.js';
import { receiveStock } from './receive-stock.js';

const listed = ProductListed({ sku: 'TEAPOT', name: 'Teapot', price: 3_400, currency: 'GBP', weightGrams: 900 });
const receipt = { sku: 'TEAPOT', receiptId: '01980000-0000-7000-8000-0000000000e1', quantity: 12 };

describe('receive-stock', () => {
  it('makes received pieces available', () => {
    given(listed, StockReceived({ ...receipt, quantity: 3 }))
      .when(receiveStock, receipt)
      .thenEmits(StockReceived(receipt))
      .leaves(stock.of('TEAPOT'), { received: 15, available: 15, reserved: 0, sold: 0 });
  });

  it('rejects a SKU that is not in the catalogue', () => {
    given().when(receiveStock, receipt).thenRejects('unknown-sku');
  });

  it('counts up to the largest safe integer and rejects more', () => {
    const room = StockReceived({ ...receipt, quantity: Number.MAX_SAFE_INTEGER - MAX_LINE_QUANTITY });
    const most = { ...receipt, quantity: MAX_LINE_QUANTITY };
    given(listed, room)
      .when(receiveStock, most)
      .thenEmits(StockReceived(most))
      .leaves(stock.of('TEAPOT'), { received: Number.MAX_SAFE_INTEGER });
    given(listed, room, StockReceived({ ...receipt, quantity: 1 }))
      .when(receiveStock, most)
      .thenRejects('too-much-stock');
  });
});
