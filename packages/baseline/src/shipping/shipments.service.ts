import { Injectable } from '@nestjs/common';
import {
  type CompensationDetails,
  type OrderDetails,
  orderDetailsOf,
  ShipmentCancelled,
  ShipmentCreated,
  ShipmentDispatched,
  ShipmentFailed,
} from '@quadrille/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { once } from '../messaging/once.js';
import { publish } from '../messaging/publish.js';
import type { ReceivedEvent } from '../messaging/received-event.js';
import { Shipment } from './shipment.js';

/** Countries without delivery. */
const UNDELIVERABLE = new Set(['AQ']);

/** Books, cancels and sends parcels. */
@Injectable()
export class ShipmentsService {
  constructor(private readonly dataSource: DataSource) {}

  create(reserved: ReceivedEvent<OrderDetails>): Promise<void> {
    return once(this.dataSource, 'create-shipment', reserved, async (manager) => {
      const { orderId, shippingAddress } = reserved.data;
      if (await locked(manager, orderId)) return;
      const destination = shippingAddress.country;
      if (UNDELIVERABLE.has(destination)) {
        await manager.insert(Shipment, { orderId, status: 'failed', destination });
        const failed = { ...orderDetailsOf(reserved.data), reason: 'undeliverable-destination' };
        await publish(manager, 'create-shipment', ShipmentFailed(failed), reserved);
        return;
      }
      const trackingNumber = `BL${orderId.replaceAll('-', '').slice(0, 20).toUpperCase()}`;
      await manager.insert(Shipment, { orderId, status: 'created', trackingNumber, destination });
      await publish(
        manager,
        'create-shipment',
        ShipmentCreated({ ...orderDetailsOf(reserved.data), trackingNumber }),
        reserved,
      );
    });
  }

  cancel(undone: ReceivedEvent<CompensationDetails>): Promise<void> {
    return once(this.dataSource, 'cancel-shipment', undone, async (manager) => {
      const { orderId, reason, shippingAddress } = undone.data;
      const back = { ...orderDetailsOf(undone.data), reason };
      const shipment = await locked(manager, orderId);
      if (!shipment) {
        await manager.insert(Shipment, { orderId, status: 'cancelled', destination: shippingAddress.country });
        await publish(manager, 'cancel-shipment', ShipmentCancelled(back), undone);
      } else if (shipment.status === 'created') {
        await manager.update(Shipment, orderId, { status: 'cancelled' });
        const cancelled = { ...back, trackingNumber: shipment.trackingNumber! };
        await publish(manager, 'cancel-shipment', ShipmentCancelled(cancelled), undone);
      }
    });
  }

  dispatch(completed: ReceivedEvent<OrderDetails>): Promise<void> {
    return once(this.dataSource, 'dispatch-shipment', completed, async (manager) => {
      const { orderId } = completed.data;
      const shipment = await locked(manager, orderId);
      if (shipment?.status !== 'created') return;
      await manager.update(Shipment, orderId, { status: 'dispatched' });
      const dispatched = { ...orderDetailsOf(completed.data), trackingNumber: shipment.trackingNumber! };
      await publish(manager, 'dispatch-shipment', ShipmentDispatched(dispatched), completed);
    });
  }
}

const locked = (manager: EntityManager, orderId: string): Promise<Shipment | null> =>
  manager.findOne(Shipment, { where: { orderId }, lock: { mode: 'pessimistic_write' } });
