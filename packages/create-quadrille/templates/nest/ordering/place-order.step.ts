import { ignore } from '@quadrille/choreography';
import { aggregate, OrderPlaced, step } from './ordering.js';

export const orders = aggregate<{ orderId: string; isPlaced: boolean }>('orders', {
  initial: (orderId) => ({ orderId, isPlaced: false }),
  evolve: (order, { data }) => (data.orderId === order.orderId ? { ...order, isPlaced: true } : order),
});

/** Pure: state, inbox and outbox are committed together around it. */
export const placeOrder = step('place-order', {
  loads: ({ orderId }) => ({ order: orders.of(orderId) }),
  decide: ({ order }, wish) => (order.isPlaced ? ignore : OrderPlaced(wish)),
});
