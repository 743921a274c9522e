import { randomUUID } from 'node:crypto';
import { ConflictException, Injectable, NotFoundException, UnprocessableEntityException } from '@nestjs/common';
import {
  type CompensationDetails,
  type Item,
  OrderCancellationRequested,
  OrderCancelled,
  OrderCompleted,
  OrderCreated,
  type OrderDetails,
  type OrderRequest,
} from '@quadrille/contracts';
import { DataSource, type EntityManager, In } from 'typeorm';
import { once } from '../messaging/once.js';
import { publish } from '../messaging/publish.js';
import type { ReceivedEvent } from '../messaging/received-event.js';
import { Order } from './order.js';
import { Product } from './product.js';

/** Places orders, and completes or cancels them. */
@Injectable()
export class OrdersService {
  constructor(private readonly dataSource: DataSource) {}

  place(request: OrderRequest): Promise<Order> {
    return this.dataSource.transaction(async (manager) => {
      const { customerId = null, currency, payment, shippingAddress } = request;
      const items = await priced(manager, request);
      const total = items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
      const details = { orderId: randomUUID(), customerId, items, total, currency, payment, shippingAddress };
      const order = manager.create(Order, {
        orderId: details.orderId,
        status: 'PLACED',
        total,
        details,
        placedAt: new Date(),
      });
      await manager.insert(Order, order);
      await publish(manager, 'place-order', OrderCreated(details));
      return order;
    });
  }

  requestCancellation(orderId: string, reason: string): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      const order = await locked(manager, orderId);
      if (!order) throw new NotFoundException(`There is no order ${orderId}.`);
      if (order.status === 'COMPLETED') throw new ConflictException(`The order ${orderId} is completed.`);
      if (order.status !== 'PLACED') return;
      await manager.update(Order, orderId, { status: 'CANCELLING', reason });
      const requested = { ...order.details, reason, requestedBy: 'customer' as const };
      await publish(manager, 'request-cancellation', OrderCancellationRequested(requested));
    });
  }

  complete(captured: ReceivedEvent<OrderDetails>): Promise<void> {
    return once(this.dataSource, 'complete-order', captured, async (manager) => {
      const order = await locked(manager, captured.data.orderId);
      if (order?.status !== 'PLACED') return;
      await manager.update(Order, order.orderId, { status: 'COMPLETED', endedAt: new Date() });
      await publish(manager, 'complete-order', OrderCompleted(order.details), captured);
    });
  }

  cancel(undone: ReceivedEvent<CompensationDetails>): Promise<void> {
    return once(this.dataSource, 'cancel-order', undone, async (manager) => {
      const order = await locked(manager, undone.data.orderId);
      if (order?.status !== 'PLACED' && order?.status !== 'CANCELLING') return;
      const { reason } = undone.data;
      await manager.update(Order, order.orderId, { status: 'CANCELLED', reason, endedAt: new Date() });
      await publish(manager, 'cancel-order', OrderCancelled({ ...order.details, reason }), undone);
    });
  }
}

const locked = (manager: EntityManager, orderId: string): Promise<Order | null> =>
  manager.findOne(Order, { where: { orderId }, lock: { mode: 'pessimistic_write' } });

async function priced(manager: EntityManager, { items, currency }: OrderRequest): Promise<Item[]> {
  const products = await manager.findBy(Product, { sku: In(items.map(({ sku }) => sku)), currency });
  const prices = new Map(products.map(({ sku, price }) => [sku, price]));
  return items.map(({ sku, quantity }) => {
    const unitPrice = prices.get(sku);
    if (unitPrice === undefined) throw new UnprocessableEntityException(`The catalogue does not have ${sku}.`);
    return { sku, quantity, unitPrice };
  });
}
