import { describe, it } from '@jest/globals';
import {
  exampleOrder,
  OrderCancellationRequested,
  OrderCancelled,
  OrderCompleted,
  OrderCreated,
} from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import { orders } from '../domain/order.js';
import { requestCancellation } from './request-cancellation.js';

const order = exampleOrder();
const reason = 'changed-my-mind';
const request = { orderId: order.orderId, reason };
const requested = OrderCancellationRequested({ ...order, reason, requestedBy: 'customer' });

describe('request-cancellation', () => {
  it('starts the compensation of a placed order', () => {
    given(OrderCreated(order))
      .when(requestCancellation, request)
      .thenEmits(requested)
      .leaves(orders.of(order.orderId), { status: 'cancelling', version: 2, reason });
  });

  it('is ignored if the order is already being cancelled', () => {
    given(OrderCreated(order), requested).when(requestCancellation, request).thenIgnores();
  });

  it('is ignored if the order is cancelled', () => {
    given(OrderCreated(order), OrderCancelled({ ...order, reason: 'insufficient-funds' }))
      .when(requestCancellation, request)
      .thenIgnores();
  });

  it('rejects a completed order', () => {
    given(OrderCreated(order), OrderCompleted(order)).when(requestCancellation, request).thenRejects('order-completed');
  });

  it('rejects an unknown order', () => {
    given().when(requestCancellation, request).thenRejects('unknown-order');
  });
});
