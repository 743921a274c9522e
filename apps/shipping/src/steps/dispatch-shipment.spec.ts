import { describe, it } from '@jest/globals';
import {
  exampleOrder,
  orderDetailsOf,
  ShipmentCancelled,
  ShipmentCreated,
  ShipmentDispatched,
  ShipmentFailed,
} from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import { shipments } from '../domain/shipments.js';
import { dispatchShipment } from './dispatch-shipment.js';

const order = exampleOrder();
const undo = { ...order, reason: 'deadline' };
const trackingNumber = 'QD0123456789ABCDEF';
const created = ShipmentCreated({ ...order, trackingNumber });

describe('dispatch-shipment', () => {
  it('lets the parcel leave under its tracking number', () => {
    given(created)
      .when(dispatchShipment, order)
      .thenEmits(ShipmentDispatched({ ...orderDetailsOf(order), trackingNumber }))
      .leaves(shipments.of(order.orderId), { status: 'dispatched', trackingNumber });
  });

  it('lets it leave once', () => {
    given(created, ShipmentDispatched({ ...order, trackingNumber }))
      .when(dispatchShipment, order)
      .thenIgnores();
  });

  it('says nothing when there is no parcel that could leave', () => {
    for (const past of [[], [ShipmentFailed(undo)], [ShipmentCancelled(undo)], [created, ShipmentCancelled(undo)]]) {
      given(...past)
        .when(dispatchShipment, order)
        .thenIgnores();
    }
  });
});
