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
import { cancelOrder } from './cancel-order.js';

const order = exampleOrder();
const failed = { ...order, reason: 'insufficient-funds' };
const voided = { ...order, reason: 'changed-my-mind', amount: 0 };
const requested = OrderCancellationRequested({ ...order, reason: 'changed-my-mind', requestedBy: 'customer' });

describe('cancel-order', () => {
  it('cancels a placed order when its payment failed', () => {
    given(OrderCreated(order))
      .when(cancelOrder, failed)
      .thenEmits(OrderCancelled(failed))
      .leaves(orders.of(order.orderId), { status: 'cancelled', version: 2, reason: 'insufficient-funds' });
  });

  it('cancels an order with a requested cancellation once the payment is compensated', () => {
    given(OrderCreated(order), requested)
      .when(cancelOrder, voided)
      .thenEmits(OrderCancelled({ ...order, reason: 'changed-my-mind' }))
      .leaves(orders.of(order.orderId), { status: 'cancelled', version: 3 });
  });

  it('ends with the reason of the faster chain', () => {
    given(OrderCreated(order), requested).when(cancelOrder, failed).thenEmits(OrderCancelled(failed));
  });

  it('is ignored the second time, for either chain', () => {
    given(OrderCreated(order), OrderCancelled(failed)).when(cancelOrder, failed).thenIgnores();
    given(OrderCreated(order), requested, OrderCancelled(failed)).when(cancelOrder, voided).thenIgnores();
  });

  it('ignores a completed order', () => {
    given(OrderCreated(order), OrderCompleted(order)).when(cancelOrder, voided).thenIgnores();
  });

  it('ignores an unknown order', () => {
    given().when(cancelOrder, failed).thenIgnores();
  });
});
