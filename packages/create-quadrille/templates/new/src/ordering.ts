import { choreography, command, event, stepBuilders } from '@quadrille/choreography';
import { z } from 'zod';

const Order = z.object({ orderId: z.uuid(), sku: z.string().min(1).max(40), quantity: z.int().min(1).max(100) });
const byOrders = { service: 'orders', key: 'orderId', version: 1, schema: Order } as const;
const byStock = { ...byOrders, service: 'stock' } as const;

export const OrderPlaced = event('OrderPlaced', { ...byOrders, wireName: 'shop.orders.placed' });
export const StockReserved = event('StockReserved', { ...byStock, wireName: 'shop.stock.reserved' });
export const SoldOut = event('SoldOut', { ...byStock, wireName: 'shop.stock.sold-out', failure: true });
export const OrderConfirmed = event('OrderConfirmed', { ...byOrders, wireName: 'shop.orders.confirmed', final: true });
export const OrderCancelled = event('OrderCancelled', { ...byOrders, wireName: 'shop.orders.cancelled', final: true });

/** The whole saga: which service handles and emits which events. */
export const ordering = choreography({
  system: 'shop',
  endings: { CONFIRMED: OrderConfirmed, CANCELLED: OrderCancelled },
  rows: {
    'place-order': { service: 'orders', handles: command('POST /orders', Order), emits: [OrderPlaced] },
    'reserve-stock': { service: 'stock', handles: [OrderPlaced], emits: [StockReserved, SoldOut] },
    'confirm-order': { service: 'orders', handles: [StockReserved], emits: [OrderConfirmed] },
    'cancel-order': {
      service: 'orders',
      handles: [SoldOut],
      emits: [OrderCancelled],
      compensates: { 'place-order': OrderCancelled },
    },
  },
});

export const { step, serviceSteps, aggregate } = stepBuilders(ordering.rows);
