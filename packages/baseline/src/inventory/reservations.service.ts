import { Injectable } from '@nestjs/common';
import {
  type CompensationDetails,
  InventoryCommitted,
  InventoryReleased,
  InventoryReservationFailed,
  InventoryReserved,
  type Item,
  type OrderDetails,
  orderDetailsOf,
} from '@quadrille/contracts';
import { DataSource, type EntityManager, In } from 'typeorm';
import { once } from '../messaging/once.js';
import { publish } from '../messaging/publish.js';
import type { ReceivedEvent } from '../messaging/received-event.js';
import { Reservation } from './reservation.js';
import { Stock } from './stock.js';

/** Reserves, releases and sells pieces. */
@Injectable()
export class ReservationsService {
  constructor(private readonly dataSource: DataSource) {}

  reserve(authorized: ReceivedEvent<OrderDetails>): Promise<void> {
    return once(this.dataSource, 'reserve-inventory', authorized, async (manager) => {
      const order = authorized.data;
      const { orderId } = order;
      if (await locked(manager, orderId)) return;
      const wanted = piecesOf(order.items);
      const shelves = await lockedShelves(manager, [...wanted.keys()]);
      const missing = [...wanted]
        .map(([sku, pieces]) => ({ sku, wanted: pieces, available: shelves.get(sku)?.available ?? 0 }))
        .filter((line) => line.wanted > line.available);
      if (missing.length > 0) {
        await manager.insert(Reservation, { orderId, status: 'failed', items: order.items });
        const failed = { ...orderDetailsOf(order), reason: 'out-of-stock', missing };
        await publish(manager, 'reserve-inventory', InventoryReservationFailed(failed), authorized);
        return;
      }
      await manager.insert(Reservation, { orderId, status: 'reserved', items: order.items });
      await move(manager, wanted, 'available', 'reserved');
      await publish(manager, 'reserve-inventory', InventoryReserved(orderDetailsOf(order)), authorized);
    });
  }

  release(undone: ReceivedEvent<CompensationDetails>): Promise<void> {
    return once(this.dataSource, 'release-inventory', undone, async (manager) => {
      const { orderId, reason } = undone.data;
      const back = { ...orderDetailsOf(undone.data), reason };
      const reservation = await locked(manager, orderId);
      if (!reservation) {
        await manager.insert(Reservation, { orderId, status: 'released', items: [] });
        await publish(manager, 'release-inventory', InventoryReleased({ ...back, released: [] }), undone);
      } else if (reservation.status === 'reserved') {
        await manager.update(Reservation, orderId, { status: 'released' });
        const pieces = piecesOf(reservation.items);
        await lockedShelves(manager, [...pieces.keys()]);
        await move(manager, pieces, 'reserved', 'available');
        await publish(
          manager,
          'release-inventory',
          InventoryReleased({ ...back, released: reservation.items }),
          undone,
        );
      }
    });
  }

  commit(completed: ReceivedEvent<OrderDetails>): Promise<void> {
    return once(this.dataSource, 'commit-inventory', completed, async (manager) => {
      const { orderId } = completed.data;
      const reservation = await locked(manager, orderId);
      if (reservation?.status !== 'reserved') return;
      await manager.update(Reservation, orderId, { status: 'committed' });
      const pieces = piecesOf(reservation.items);
      await lockedShelves(manager, [...pieces.keys()]);
      await move(manager, pieces, 'reserved', 'sold');
      await publish(manager, 'commit-inventory', InventoryCommitted(orderDetailsOf(completed.data)), completed);
    });
  }
}

const locked = (manager: EntityManager, orderId: string): Promise<Reservation | null> =>
  manager.findOne(Reservation, { where: { orderId }, lock: { mode: 'pessimistic_write' } });

/** In the order of their SKUs, so that two orders never wait for each other. */
async function lockedShelves(manager: EntityManager, skus: readonly string[]): Promise<Map<string, Stock>> {
  const found = await manager.find(Stock, {
    where: { sku: In([...skus]) },
    order: { sku: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  return new Map(found.map((shelf) => [shelf.sku, shelf]));
}

function piecesOf(items: readonly Item[]): Map<string, number> {
  const pieces = new Map<string, number>();
  for (const { sku, quantity } of items) pieces.set(sku, (pieces.get(sku) ?? 0) + quantity);
  return pieces;
}

type Place = 'available' | 'reserved' | 'sold';

async function move(
  manager: EntityManager,
  pieces: ReadonlyMap<string, number>,
  from: Place,
  to: Place,
): Promise<void> {
  for (const [sku, count] of pieces) {
    await manager.update(Stock, sku, { [from]: () => `${from} - ${count}`, [to]: () => `${to} + ${count}` });
  }
}
