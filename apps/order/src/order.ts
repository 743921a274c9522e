import { checkout, serviceSteps, services, shop } from '@quadrille/contracts';
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
import { Orders1763700000000 } from './persistence/migrations/1763700000000-orders.js';
import { Products1763700000100 } from './persistence/migrations/1763700000100-products.js';
import { ProductRevisions1763700000200 } from './persistence/migrations/1763700000200-product-revisions.js';
import { OrderRecord } from './persistence/order-record.js';
import { purgeSnapshots } from './persistence/order-snapshots.js';
import { orderStore } from './persistence/orders.js';
import { productStore } from './persistence/products.js';
import { cancelOrder } from './steps/cancel-order.js';
import { completeOrder } from './steps/complete-order.js';
import { expireOrder } from './steps/give-up.js';
import { saveProduct } from './steps/keep-product.js';
import { placeOrder } from './steps/place-order.js';
import { requestCancellation } from './steps/request-cancellation.js';

const whole = (least: number, most: number, unit: string) =>
  z.coerce
    .number({ error: `a whole number of ${unit}` })
    .int(`a whole number of ${unit}`)
    .min(least, `at least ${least} ${unit}`)
    .max(most, `at most ${most} ${unit}`);

/** The order service: begins every saga, owns its deadline, knows how it ended. */
export const order = defineService({
  system: 'quadrille',
  rows: shop,
  steps: serviceSteps('order', {
    'place-order': placeOrder,
    'complete-order': completeOrder,
    'cancel-order': cancelOrder,
    'request-cancellation': requestCancellation,
    'give-up': expireOrder,
    'keep-product': saveProduct,
  }),
  environment: {
    /** How long a saga may rest before it is turned back; each sign of progress gives it that time again, three times at most. */
    ORDER_DEADLINE_SECONDS: whole(1, 31_536_000, 'seconds').default(60),
    /**
     * After how many events of an order its state is kept whole. An order that completes has two events and never pays for a
     * snapshot; one that turns back has three, and is asked for by late events of its undone chain.
     */
    ORDER_SNAPSHOT_EVERY_EVENTS: whole(1, 1_000_000, 'events').default(3),
    /** How long a snapshot is kept; without it an order is read from its events again. */
    ORDER_SNAPSHOT_RETENTION_HOURS: whole(1, 87_600, 'hours').default(168),
  },
  stores: (env) => [bindStore(orders, orderStore(env.ORDER_SNAPSHOT_EVERY_EVENTS)), bindStore(products, productStore)],
  migrations: [Orders1763700000000, Products1763700000100, ProductRevisions1763700000200],
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
  // An order's id is made when it is taken, so it tells since when the customer waits.
  sagas: { endings: checkout.endings, beganAt: timeOfId, active: activeOrders, open: openOrders },
});
