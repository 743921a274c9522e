import { choreography, command, event, stepBuilders } from '@quadrille/choreography';
import { z } from 'zod';

export const Order = z.object({ orderId: z.string(), sku: z.string(), quantity: z.int().positive() });

const byOrders = { service: 'orders', key: 'orderId', version: 1, schema: Order } as const;

export const OrderPlaced = event('OrderPlaced', { ...byOrders, wireName: 'shop.orders.placed', final: true });

/** The whole saga: add a row for each step that follows, in this service or in others. */
export const ordering = choreography({
  system: 'shop',
  endings: { PLACED: OrderPlaced },
  rows: {
    'place-order': { service: 'orders', handles: command('POST /orders', Order), emits: [OrderPlaced] },
  },
});

export const { step, aggregate } = stepBuilders(ordering.rows);
