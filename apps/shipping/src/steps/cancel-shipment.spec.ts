import { describe, expect, it } from '@jest/globals';
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
import type { Carrier } from '../gateways/carrier.js';
import { cancelShipment } from './cancel-shipment.js';

const order = exampleOrder();
const undo = { ...order, reason: 'deadline' };
const back = { ...orderDetailsOf(order), reason: undo.reason };
const trackingNumber = 'QD0123456789ABCDEF';
const created = ShipmentCreated({ ...order, trackingNumber });

describe('cancel-shipment', () => {
  it('cancels the created shipment, and names it in the event', () => {
    given(created)
      .when(cancelShipment, undo)
      .thenEmits(ShipmentCancelled({ ...back, trackingNumber }))
      .leaves(shipments.of(order.orderId), { status: 'cancelled', reason: 'deadline', trackingNumber });
  });

  it('leaves a tombstone and emits ShipmentCancelled if nothing was booked yet', () => {
    given()
      .when(cancelShipment, undo)
      .thenEmits(ShipmentCancelled(back))
      .leaves(shipments.of(order.orderId), { status: 'cancelled', reason: 'deadline', destination: 'GB' });
  });

  it('is ignored the second time', () => {
    given(ShipmentCancelled(back)).when(cancelShipment, undo).thenIgnores();
    given(created, ShipmentCancelled({ ...back, trackingNumber }))
      .when(cancelShipment, { ...undo, reason: 'capture-declined' })
      .thenIgnores()
      .leaves(shipments.of(order.orderId), { status: 'cancelled', reason: 'deadline' });
  });

  it('ignores a failed shipment, whose own event started the compensation', () => {
    given(ShipmentFailed({ ...undo, reason: 'undeliverable-destination' }))
      .when(cancelShipment, undo)
      .thenIgnores();
  });

  it('ignores a dispatched shipment', () => {
    given(created, ShipmentDispatched({ ...order, trackingNumber }))
      .when(cancelShipment, undo)
      .thenIgnores();
  });

  it('ignores the additional fields of the requesting event', () => {
    given(created)
      .when(cancelShipment, { ...undo, requestedBy: 'customer' })
      .thenEmits(ShipmentCancelled({ ...back, trackingNumber }));
  });

  it("cancels with the carrier by the order's id", async () => {
    const calls: unknown[] = [];
    const carrier = { cancel: async (reference: string) => void calls.push(reference) } as unknown as Carrier;
    await cancelShipment.call!(undo, { carrier });
    expect(calls).toEqual([order.orderId]);
  });
});
