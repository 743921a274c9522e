import { checkout, naming, serviceSteps, services, shop } from '@quadrille/contracts';
import { bindStore, defineService, timeOfId } from '@quadrille/nest';
import { z } from 'zod';
import { orders } from './domain/order.js';
import { products } from './domain/product.js';
import { CancellationController } from './http/cancellation.controller.js';
import { HistoryController } from './http/history.controller.js';
import { OrdersController } from './http/orders.controller.js';
import { PlaceOrderController } from './http/place-order.controller.js';
import { ProductsController } from './http/products.controller.js';
import { activeOrders, openOrders } from './persistence/active-orders.js';
import { orderMigrations } from './persistence/migrations.js';
import { OrderRecord } from './persistence/order-record.js';
import { purgeSnapshots } from './persistence/order-snapshots.js';
import { orderStore } from './persistence/orders.js';
import { productStore } from './persistence/products.js';
import { cancelOrder } from './steps/cancel-order.js';
import { completeOrder } from './steps/complete-order.js';
import { expireOrder } from './steps/give-up.js';
import { placeOrder } from './steps/place-order.js';
import { requestCancellation } from './steps/request-cancellation.js';
import { saveProduct } from './steps/save-product.js';

const whole = (least: number, most: number, unit: string) =>
  z.coerce
    .number({ error: `a whole number of ${unit}` })
    .int(`a whole number of ${unit}`)
    .min(least, `at least ${least} ${unit}`)
    .max(most, `at most ${most} ${unit}`);

/** The order service: starts every saga, owns its deadline, and records its ending. */
export const order = defineService({
  ...naming,
  rows: shop,
  steps: serviceSteps('order', {
    'place-order': placeOrder,
    'complete-order': completeOrder,
    'cancel-order': cancelOrder,
    'request-cancellation': requestCancellation,
    'give-up': expireOrder,
    'save-product': saveProduct,
  }),
  environment: {
    /** Maximum idle time of a saga before its compensation starts; each sign of progress grants it again, at most three times. */
    ORDER_DEADLINE_SECONDS: whole(1, 31_536_000, 'seconds').default(60),
    /**
     * Number of events between two snapshots of an order. A completed order has two events and costs no snapshot; a compensated
     * one has three, and late events of its compensation still load it.
     */
    ORDER_SNAPSHOT_EVERY_EVENTS: whole(1, 1_000_000, 'events').default(3),
    /** Retention of snapshots; without a snapshot an order is loaded from its events. */
    ORDER_SNAPSHOT_RETENTION_HOURS: whole(1, 87_600, 'hours').default(168),
  },
  stores: (env) => [bindStore(orders, orderStore(env.ORDER_SNAPSHOT_EVERY_EVENTS)), bindStore(products, productStore)],
  migrations: orderMigrations,
  entities: [OrderRecord],
  defaultPort: services.order.port,
  controllers: [PlaceOrderController, CancellationController, HistoryController, OrdersController, ProductsController],
  retention: [
    {
      name: 'order snapshots',
      purge: (tx, env, limit) => purgeSnapshots(tx, env.ORDER_SNAPSHOT_RETENTION_HOURS, limit),
    },
  ],
  deadlineSeconds: (env) => env.ORDER_DEADLINE_SECONDS,
  // An order's id is created with the request, so its timestamp is the time since which the customer waits.
  sagas: { endings: checkout.endings, beganAt: timeOfId, active: activeOrders, open: openOrders },
});
