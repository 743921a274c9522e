import { defineConfig } from '@quadrille/choreography';
// As the build writes it.
import { ordering } from './dist/ordering/ordering.js';
import { orders, placeOrder } from './dist/ordering/place-order.step.js';

export default defineConfig({
  choreography: ordering,
  services: [{ service: 'orders', steps: [placeOrder], stores: [{ aggregate: orders }] }],
  scenarios: [
    { name: 'one order', commands: [{ step: 'place-order', data: { orderId: 'one', sku: 'mug', quantity: 2 } }] },
  ],
  running: () => ({
    brokers: [process.env.KAFKA_BROKERS ?? '127.0.0.1:9092'],
    databases: { orders: process.env.DATABASE_URL ?? 'postgres://postgres:development@127.0.0.1:5432/postgres' },
  }),
});
