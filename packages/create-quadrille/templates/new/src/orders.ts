import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ignore } from '@quadrille/choreography';
import { bindStore, Commands, defineService, newId } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { aggregate, OrderCancelled, OrderConfirmed, OrderPlaced, ordering, serviceSteps, step } from './ordering.js';

const STATUS = { OrderPlaced: 'placed', OrderConfirmed: 'confirmed', OrderCancelled: 'cancelled' } as const;

export const orders = aggregate<{ orderId: string; status: 'none' | (typeof STATUS)[keyof typeof STATUS] }>('orders', {
  initial: (orderId) => ({ orderId, status: 'none' }),
  evolve: (order, { type, data }) =>
    type in STATUS && data.orderId === order.orderId
      ? { ...order, status: STATUS[type as keyof typeof STATUS] }
      : order,
});

const theOrder = ({ orderId }: { orderId: string }) => ({ order: orders.of(orderId) });

export const placeOrder = step('place-order', {
  loads: theOrder,
  decide: ({ order }, wish) => (order.status === 'none' ? OrderPlaced(wish) : ignore),
});

export const confirmOrder = step('confirm-order', {
  loads: theOrder,
  decide: ({ order }, reserved) => (order.status === 'placed' ? OrderConfirmed(reserved) : ignore),
});

export const cancelOrder = step('cancel-order', {
  loads: theOrder,
  decide: ({ order }, refused) => (order.status === 'placed' ? OrderCancelled(refused) : ignore),
});

const Wish = z.object({ sku: z.string().min(1).max(40), quantity: z.int().min(1).max(100) });

@Controller('orders')
class OrdersController {
  constructor(
    private readonly commands: Commands,
    private readonly database: DataSource,
  ) {}

  @Post()
  async place(@Body({ schema: Wish }) wish: z.infer<typeof Wish>) {
    const orderId = newId();
    await this.commands.run('place-order', { ...wish, orderId }, { key: orderId });
    return { orderId };
  }

  @Get(':id')
  async read(@Param('id', { schema: z.uuid() }) orderId: string) {
    const [found] = await this.database.query('select state from documents where key = $1', [orderId]);
    return found?.state ?? { orderId, status: 'none' };
  }
}

export const ordersService = defineService({
  ...ordering,
  steps: serviceSteps('orders', {
    'place-order': placeOrder,
    'confirm-order': confirmOrder,
    'cancel-order': cancelOrder,
  }),
  stores: [bindStore(orders)],
  migrations: [],
  controllers: [OrdersController],
  defaultPort: 3101,
});
