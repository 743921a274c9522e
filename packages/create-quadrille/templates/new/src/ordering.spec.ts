import assert from 'node:assert/strict';
import { it } from 'node:test';
import { endings, verify } from '@quadrille/choreography';
import { given } from '@quadrille/testing/steps';
import { OrderCancelled, OrderConfirmed, OrderPlaced, ordering, SoldOut, StockReserved } from './ordering.js';
import { cancelOrder, confirmOrder, placeOrder } from './orders.js';
import { pieces, reserveStock } from './stock.js';

const order = { orderId: '01980000-0000-7000-8000-000000000001', sku: 'mug', quantity: 60 };
const next = { ...order, orderId: '01980000-0000-7000-8000-000000000002' };

it('has a table without a fault, and two endings', () => {
  assert.deepEqual(verify(ordering), []);
  assert.equal(endings(ordering).length, 2);
});

it('reserves while there is stock', () => {
  given().when(reserveStock, order).thenEmits(StockReserved(order)).leaves(pieces.of('mug'), { left: 40 });
  given(StockReserved(order)).when(reserveStock, next).thenEmits(SoldOut(next));
  given(StockReserved(order)).when(reserveStock, order).thenIgnores();
});

it('places an order once', () => {
  given().when(placeOrder, order).thenEmits(OrderPlaced(order));
  given(OrderPlaced(order)).when(placeOrder, order).thenIgnores();
});

it('confirms or cancels a placed order', () => {
  given(OrderPlaced(order)).when(confirmOrder, order).thenEmits(OrderConfirmed(order));
  given(OrderPlaced(next), SoldOut(next)).when(cancelOrder, next).thenEmits(OrderCancelled(next));
});
