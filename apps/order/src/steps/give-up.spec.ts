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
import { expireOrder } from './give-up.js';

const order = exampleOrder();
const due = { key: order.orderId };
const gaveUp = OrderCancellationRequested({ ...order, reason: 'deadline-passed', requestedBy: 'deadline' });

describe('give-up', () => {
  it('starts the compensation of a placed order at its deadline', () => {
    given(OrderCreated(order))
      .when(expireOrder, due)
      .thenEmits(gaveUp)
      .leaves(orders.of(order.orderId), { status: 'cancelling', reason: 'deadline-passed' });
  });

  it('does so with and without earlier extensions of the deadline', () => {
    given(OrderCreated(order)).when(expireOrder, { key: order.orderId }).thenEmits(gaveUp);
  });

  it('is ignored the second time', () => {
    given(OrderCreated(order), gaveUp).when(expireOrder, due).thenIgnores();
  });

  it("is ignored if the customer's cancellation was faster", () => {
    given(
      OrderCreated(order),
      OrderCancellationRequested({ ...order, reason: 'changed-my-mind', requestedBy: 'customer' }),
    )
      .when(expireOrder, due)
      .thenIgnores();
  });

  it('ignores an ended order', () => {
    given(OrderCreated(order), OrderCompleted(order)).when(expireOrder, due).thenIgnores();
    given(OrderCreated(order), OrderCancelled({ ...order, reason: 'insufficient-funds' }))
      .when(expireOrder, due)
      .thenIgnores();
  });

  it('ignores an unknown order', () => {
    given().when(expireOrder, due).thenIgnores();
  });
});
