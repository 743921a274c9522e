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
  it('dispatches the parcel under its tracking number', () => {
    given(created)
      .when(dispatchShipment, order)
      .thenEmits(ShipmentDispatched({ ...orderDetailsOf(order), trackingNumber }))
      .leaves(shipments.of(order.orderId), { status: 'dispatched', trackingNumber });
  });

  it('dispatches it once', () => {
    given(created, ShipmentDispatched({ ...order, trackingNumber }))
      .when(dispatchShipment, order)
      .thenIgnores();
  });

  it('is ignored without a created shipment', () => {
    for (const past of [[], [ShipmentFailed(undo)], [ShipmentCancelled(undo)], [created, ShipmentCancelled(undo)]]) {
      given(...past)
        .when(dispatchShipment, order)
        .thenIgnores();
    }
  });
});
