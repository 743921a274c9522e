import { describe, expect, it } from '@jest/globals';
import { ERASED, type PersonalData, withoutKeys } from '@quadrille/choreography';
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
import type { Booking, Carrier } from '../gateways/carrier.js';
import { createShipment } from './create-shipment.js';

const order = exampleOrder();
const undo = { ...order, reason: 'customer-changed-mind' };
const trackingNumber = 'QD0123456789ABCDEF';
const booked: Booking = { answer: 'booked', trackingNumber };

describe('create-shipment', () => {
  it('creates the shipment that the carrier booked', () => {
    given()
      .when(createShipment, order, booked)
      .thenEmits(ShipmentCreated({ ...orderDetailsOf(order), trackingNumber }))
      .leaves(shipments.of(order.orderId), { status: 'created', trackingNumber, destination: 'GB' });
  });

  it("fails with the carrier's reason for the refusal", () => {
    const reason = 'undeliverable-destination';
    given()
      .when(createShipment, order, { answer: 'refused', reason } satisfies Booking)
      .thenEmits(ShipmentFailed({ ...orderDetailsOf(order), reason }))
      .leaves(shipments.of(order.orderId), { status: 'failed', reason, destination: 'GB' });
  });

  it('leaves the result to cancel-shipment if the carrier was cancelled first', () => {
    given()
      .when(createShipment, order, { answer: 'cancelled' } satisfies Booking)
      .thenIgnores()
      .leaves(shipments.of(order.orderId), { status: 'none' });
  });

  it('ignores a booking that arrives after the cancellation', () => {
    given(ShipmentCancelled(undo))
      .when(createShipment, order, booked)
      .thenIgnores()
      .leaves(shipments.of(order.orderId), { status: 'cancelled' });
  });

  it('is ignored the second time, in every later status', () => {
    const created = ShipmentCreated({ ...order, trackingNumber });
    const pasts = [
      [created],
      [ShipmentFailed(undo)],
      [created, ShipmentCancelled({ ...undo, trackingNumber })],
      [created, ShipmentDispatched({ ...order, trackingNumber })],
    ];
    for (const past of pasts) {
      given(...past)
        .when(createShipment, order, booked)
        .thenIgnores();
    }
  });

  it('does not depend on the shipments of other orders', () => {
    const other = exampleOrder({ orderId: '01980000-0000-7000-8000-000000000002' });
    given(ShipmentCreated({ ...other, trackingNumber: 'QD-OTHER' }))
      .when(createShipment, order, booked)
      .thenEmitsLike('ShipmentCreated', { trackingNumber });
  });

  it("books by the order's id and address", async () => {
    const calls: unknown[] = [];
    const book = async (...what: unknown[]): Promise<Booking> => {
      calls.push(what);
      return booked;
    };
    const carrier = { book } as unknown as Carrier;
    expect(await createShipment.call!(order, { carrier, personalData: withoutKeys })).toEqual(booked);
    expect(calls).toEqual([[order.orderId, order.shippingAddress]]);
  });

  it('opens the address with the key of the customer, or of the order of a guest', async () => {
    const opened: unknown[] = [];
    const open = async (...what: unknown[]) => {
      opened.push(what);
      return { ...order.shippingAddress, line1: 'opened' };
    };
    const carrier = { book: async (_: string, { line1 }: { line1: string }) => line1 } as unknown as Carrier;
    const personalData = { open } as unknown as PersonalData;
    expect(await createShipment.call!(order, { carrier, personalData })).toBe('opened');
    await createShipment.call!({ ...order, customerId: null }, { carrier, personalData });
    expect(opened).toEqual([
      [order.customerId, order.shippingAddress],
      [order.orderId, order.shippingAddress],
    ]);
  });

  it('books nothing for an address that was erased', async () => {
    const book = async () => {
      throw new Error('must not be called');
    };
    const open = async () => ({ ...order.shippingAddress, city: ERASED });
    const gateways = { carrier: { book }, personalData: { open } };
    expect(await createShipment.call!(order, gateways)).toEqual({ answer: 'refused', reason: 'address-erased' });
  });
});
