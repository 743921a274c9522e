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
  it('turns a placed order back', () => {
    given(OrderCreated(order))
      .when(requestCancellation, request)
      .thenEmits(requested)
      .leaves(orders.of(order.orderId), { status: 'cancelling', version: 2, reason });
  });

  it('says nothing when the order turns back already', () => {
    given(OrderCreated(order), requested).when(requestCancellation, request).thenIgnores();
  });

  it('says nothing when the order is cancelled', () => {
    given(OrderCreated(order), OrderCancelled({ ...order, reason: 'insufficient-funds' }))
      .when(requestCancellation, request)
      .thenIgnores();
  });

  it('refuses when the order is completed', () => {
    given(OrderCreated(order), OrderCompleted(order)).when(requestCancellation, request).thenRejects('order-completed');
  });

  it('refuses an order nobody placed', () => {
    given().when(requestCancellation, request).thenRejects('unknown-order');
  });
});
