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
import { completeOrder } from './complete-order.js';

const order = exampleOrder();
const requested = OrderCancellationRequested({ ...order, reason: 'changed-my-mind', requestedBy: 'customer' });

describe('complete-order', () => {
  it('completes a placed order', () => {
    given(OrderCreated(order))
      .when(completeOrder, order)
      .thenEmits(OrderCompleted(order))
      .leaves(orders.of(order.orderId), { status: 'completed', version: 2 });
  });

  it('is ignored the second time', () => {
    given(OrderCreated(order), OrderCompleted(order)).when(completeOrder, order).thenIgnores();
  });

  it('is ignored if the cancellation was faster: the capture is refunded', () => {
    given(OrderCreated(order), requested).when(completeOrder, order).thenIgnores();
  });

  it('ignores a cancelled order', () => {
    given(OrderCreated(order), requested, OrderCancelled({ ...order, reason: 'changed-my-mind' }))
      .when(completeOrder, order)
      .thenIgnores();
  });

  it('ignores an unknown order', () => {
    given().when(completeOrder, order).thenIgnores();
  });
});
