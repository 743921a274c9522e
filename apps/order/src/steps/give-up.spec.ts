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
import { giveUp } from './give-up.js';

const order = exampleOrder();
const due = { key: order.orderId };
const gaveUp = OrderCancellationRequested({ ...order, reason: 'deadline-passed', requestedBy: 'deadline' });

describe('give-up', () => {
  it('turns a placed order back when its time is over', () => {
    given(OrderCreated(order))
      .when(giveUp, due)
      .then(gaveUp)
      .leaves(orders.of(order.orderId), { status: 'cancelling', reason: 'deadline-passed' });
  });

  it('gives up whether progress had extended the deadline or not', () => {
    given(OrderCreated(order)).when(giveUp, { key: order.orderId }).then(gaveUp);
  });

  it('says nothing the second time', () => {
    given(OrderCreated(order), gaveUp).when(giveUp, due).thenNothing();
  });

  it('says nothing when the customer was faster', () => {
    given(
      OrderCreated(order),
      OrderCancellationRequested({ ...order, reason: 'changed-my-mind', requestedBy: 'customer' }),
    )
      .when(giveUp, due)
      .thenNothing();
  });

  it('says nothing about an order that has ended', () => {
    given(OrderCreated(order), OrderCompleted(order)).when(giveUp, due).thenNothing();
    given(OrderCreated(order), OrderCancelled({ ...order, reason: 'insufficient-funds' }))
      .when(giveUp, due)
      .thenNothing();
  });

  it('says nothing about an order nobody placed', () => {
    given().when(giveUp, due).thenNothing();
  });
});
