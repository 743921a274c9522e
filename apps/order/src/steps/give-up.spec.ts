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
  it('turns a placed order back when its time is over', () => {
    given(OrderCreated(order))
      .when(expireOrder, due)
      .thenEmits(gaveUp)
      .leaves(orders.of(order.orderId), { status: 'cancelling', reason: 'deadline-passed' });
  });

  it('gives up whether progress had extended the deadline or not', () => {
    given(OrderCreated(order)).when(expireOrder, { key: order.orderId }).thenEmits(gaveUp);
  });

  it('says nothing the second time', () => {
    given(OrderCreated(order), gaveUp).when(expireOrder, due).thenIgnores();
  });

  it('says nothing when the customer was faster', () => {
    given(
      OrderCreated(order),
      OrderCancellationRequested({ ...order, reason: 'changed-my-mind', requestedBy: 'customer' }),
    )
      .when(expireOrder, due)
      .thenIgnores();
  });

  it('says nothing about an order that has ended', () => {
    given(OrderCreated(order), OrderCompleted(order)).when(expireOrder, due).thenIgnores();
    given(OrderCreated(order), OrderCancelled({ ...order, reason: 'insufficient-funds' }))
      .when(expireOrder, due)
      .thenIgnores();
  });

  it('says nothing about an order nobody placed', () => {
    given().when(expireOrder, due).thenIgnores();
  });
});
