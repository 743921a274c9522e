import { aggregate, type OrderDetails } from '@quadrille/contracts';

/** The facts of a placed order; times are ISO 8601. */
interface Placed {
  readonly orderId: string;
  /** The number of its events. */
  readonly version: number;
  readonly details: OrderDetails;
  readonly placedAt: string;
}

/** An order: placed, then completed, or cancelling and then cancelled. */
export type Order =
  | { readonly status: 'none'; readonly orderId: string; readonly version: number }
  | (Placed & { readonly status: 'placed' })
  | (Placed & { readonly status: 'cancelling'; readonly reason: string })
  | (Placed & { readonly status: 'completed'; readonly endedAt: string })
  | (Placed & { readonly status: 'cancelled'; readonly reason: string; readonly endedAt: string });

export type KnownOrder = Exclude<Order, { status: 'none' }>;

/** Orders follow from the events of the order service alone. */
export const orders = aggregate<Order>('orders', {
  initial: (orderId) => ({ status: 'none', orderId, version: 0 }),

  evolve(order, event, at) {
    if (!('orderId' in event.data) || event.data.orderId !== order.orderId) return order;
    const version = order.version + 1;

    if (order.status === 'none') {
      if (event.type !== 'OrderCreated') return order;
      return { status: 'placed', orderId: order.orderId, version, details: event.data, placedAt: at };
    }
    if (order.status !== 'placed' && order.status !== 'cancelling') return order;

    const { orderId, details, placedAt } = order;
    const known = { orderId, version, details, placedAt };
    switch (event.type) {
      case 'OrderCancellationRequested':
        return order.status === 'placed' ? { ...known, status: 'cancelling', reason: event.data.reason } : order;
      case 'OrderCompleted':
        return order.status === 'placed' ? { ...known, status: 'completed', endedAt: at } : order;
      case 'OrderCancelled':
        return { ...known, status: 'cancelled', reason: event.data.reason, endedAt: at };
      default:
        return order;
    }
  },
});
