import { defineConfig } from '@quadrille/choreography';
import { ordering, StockReserved } from './dist/src/ordering.js';
import { ordersService } from './dist/src/orders.js';
import { pieces, stock } from './dist/src/stock.js';

const order = { orderId: '01980000-0000-7000-8000-000000000001', sku: 'mug', quantity: 60 };
const next = { ...order, orderId: '01980000-0000-7000-8000-000000000002' };

export default defineConfig({
  choreography: ordering,
  services: [ordersService, stock],
  scenarios: [
    { name: 'two orders, stock for one', commands: [order, next].map((data) => ({ step: 'place-order', data })) },
    { name: 'sold out', given: [StockReserved(next)], commands: [{ step: 'place-order', data: order }] },
  ],
  promises: [
    {
      name: 'no piece is sold twice',
      when: 'always',
      wrong: (look) => (look.state(pieces.of('mug')).left < 0 ? 'More mugs were reserved than there were.' : undefined),
    },
  ],
  running: () => ({
    brokers: ['127.0.0.1:9092'],
    databases: {
      orders: 'postgres://postgres:development@127.0.0.1:5432/orders',
      stock: 'postgres://postgres:development@127.0.0.1:5432/stock',
    },
  }),
});
