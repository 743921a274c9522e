import { describe, it } from '@jest/globals';
import {
  exampleOrder,
  MAX_LINE_QUANTITY,
  MAX_ORDER_LINES,
  OrderCreated,
  PriceChanged,
  ProductListed,
} from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import { orders } from '../domain/order.js';
import { placeOrder } from './place-order.js';

const order = exampleOrder();
const product = (sku: string, price: number, currency: 'GBP' | 'EUR' = 'GBP') =>
  ProductListed({ sku, name: sku, price, currency, weightGrams: 100 });
const catalogue = [product('MUG-BLUE', 1_250), product('TEAPOT', 3_400)];

const request = (...items: [sku: string, quantity: number][]) => {
  const { orderId, customerId, currency, payment, shippingAddress } = order;
  return {
    orderId,
    customerId,
    currency,
    payment,
    shippingAddress,
    items: items.map(([sku, quantity]) => ({ sku, quantity })),
  };
};

describe('place-order', () => {
  it('prices the order from the catalogue', () => {
    given(...catalogue)
      .when(placeOrder, request(['MUG-BLUE', 2], ['TEAPOT', 1]))
      .thenEmits(OrderCreated(order))
      .leaves(orders.of(order.orderId), { status: 'placed', version: 1, details: order });
  });

  it('never uses a price from the client', () => {
    const order = request(['TEAPOT', 1]);
    given(...catalogue)
      .when(placeOrder, { ...order, total: 1, items: [{ ...order.items[0]!, unitPrice: 1 }] })
      .thenEmitsLike('OrderCreated', { total: 3_400, items: [{ sku: 'TEAPOT', quantity: 1, unitPrice: 3_400 }] });
  });

  it('uses the latest price', () => {
    const raised = { sku: 'TEAPOT', name: 'TEAPOT', price: 3_600, currency: 'GBP' as const, weightGrams: 100 };
    given(...catalogue, PriceChanged({ ...raised, previousPrice: 3_400, previousCurrency: 'GBP' }))
      .when(placeOrder, request(['TEAPOT', 1]))
      .thenEmitsLike('OrderCreated', { total: 3_600 });
  });

  it('merges the lines of one SKU at its first appearance', () => {
    given(...catalogue)
      .when(placeOrder, request(['TEAPOT', 1], ['MUG-BLUE', 2], ['TEAPOT', 3]))
      .thenEmitsLike('OrderCreated', {
        items: [
          { sku: 'TEAPOT', quantity: 4, unitPrice: 3_400 },
          { sku: 'MUG-BLUE', quantity: 2, unitPrice: 1_250 },
        ],
        total: 16_100,
      });
  });

  it('leaves a guest a guest', () => {
    given(...catalogue)
      .when(placeOrder, {
        ...request(['TEAPOT', 1]),
        customerId: null,
        payment: { method: 'card', token: 'tok_visa' },
      })
      .thenEmitsLike('OrderCreated', { customerId: null, payment: { method: 'card', token: 'tok_visa' } });
  });

  it('is ignored if the order exists', () => {
    given(...catalogue, OrderCreated(order))
      .when(placeOrder, request(['TEAPOT', 1]))
      .thenIgnores();
  });

  it('rejects unknown SKUs, with a pointer to each', () => {
    given(...catalogue)
      .when(placeOrder, request(['KETTLE', 1], ['TEAPOT', 1], ['CUP', 1]))
      .thenRejects('unknown-sku', {
        status: 422,
        detail: 'The catalogue does not have KETTLE, CUP.',
        pointers: ['/items/0/sku', '/items/2/sku'],
      });
  });

  it('names some of many unknown SKUs, with a pointer to all', () => {
    const lines = Array.from({ length: 9 }, (_, at): [string, number] => [`NO-${at}`, 1]);
    given()
      .when(placeOrder, request(...lines))
      .thenRejects('unknown-sku', {
        detail: 'The catalogue does not have NO-0, NO-1, NO-2, NO-3, NO-4, 4 more.',
        pointers: lines.map((_, at) => `/items/${at}/sku`),
      });
  });

  it('rejects a product that is not sold in the currency of the order', () => {
    given(...catalogue, product('LAMP', 900, 'EUR'))
      .when(placeOrder, request(['TEAPOT', 1], ['LAMP', 1]))
      .thenRejects('currency-not-offered', { status: 422, pointers: ['/items/1/sku'] });
  });

  it('accepts the maximum number of lines, counted after merging', () => {
    const skus = Array.from({ length: MAX_ORDER_LINES }, (_, at) => `SKU-${at}`);
    const lines = skus.map((sku): [string, number] => [sku, 1]);
    const everything = given(...skus.map((sku) => product(sku, 1)));
    everything
      .when(placeOrder, request(...lines, ['SKU-0', 1]))
      .thenEmitsLike('OrderCreated', { total: MAX_ORDER_LINES + 1 });
    everything
      .when(placeOrder, request(...lines, ['ONE-MORE', 1]))
      .thenRejects('too-many-lines', { status: 422, pointers: ['/items'] });
  });

  it('rejects more pieces of one SKU than the maximum, also as a sum of lines', () => {
    given(...catalogue)
      .when(placeOrder, request(['TEAPOT', MAX_LINE_QUANTITY - 1], ['TEAPOT', 1]))
      .thenEmitsLike('OrderCreated', { total: MAX_LINE_QUANTITY * 3_400 });
    given(...catalogue)
      .when(placeOrder, request(['TEAPOT', MAX_LINE_QUANTITY], ['TEAPOT', 1]))
      .thenRejects('quantity-too-large', { status: 422, pointers: ['/items/0/quantity'] });
  });

  it('rejects a total that is no safe integer', () => {
    given(product('GOLD', Number.MAX_SAFE_INTEGER))
      .when(placeOrder, request(['GOLD', 1]))
      .thenEmitsLike('OrderCreated', { total: Number.MAX_SAFE_INTEGER });
    given(product('GOLD', Number.MAX_SAFE_INTEGER), product('PENNY', 1))
      .when(placeOrder, request(['GOLD', 1], ['PENNY', 1]))
      .thenRejects('total-too-large', { status: 422 });
    given(product('GOLD', Number.MAX_SAFE_INTEGER))
      .when(placeOrder, request(['GOLD', MAX_LINE_QUANTITY]))
      .thenRejects('total-too-large');
  });
});
