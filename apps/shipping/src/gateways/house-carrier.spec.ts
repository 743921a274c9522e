import { describe, expect, it } from '@jest/globals';
import { COUNTRIES, exampleOrder, ShipmentCreated } from '@quadrille/contracts';
import { houseCarrier, trackingNumberOf } from './house-carrier.js';

const order = exampleOrder();
const to = (country: string) => ({ ...order.shippingAddress, country });

describe('the house carrier', () => {
  it('returns the same answer for the same reference on every call', async () => {
    const booked = { answer: 'booked', trackingNumber: 'QDNY80698QV34KSW6B' };
    expect(await houseCarrier.book(order.orderId, to('GB'))).toEqual(booked);
    await houseCarrier.cancel(order.orderId);
    expect(await houseCarrier.book(order.orderId, to('GB'))).toEqual(booked);
  });

  it('gives every reference its own tracking number, in the format of the events', () => {
    const numbers = new Set(Array.from({ length: 20_000 }, (_, nth) => trackingNumberOf(String(nth))));
    expect(numbers.size).toBe(20_000);
    const form = /^QD[0-9A-HJKMNP-TV-Z]{16}$/;
    expect([...numbers].filter((number) => !form.test(number))).toEqual([]);
    expect(ShipmentCreated.schema.safeParse({ ...order, trackingNumber: trackingNumberOf('x') }).success).toBe(true);
  });

  it('refuses Antarctica and North Korea', async () => {
    for (const country of ['AQ', 'KP']) {
      const refused = { answer: 'refused', reason: 'undeliverable-destination' };
      expect(await houseCarrier.book(order.orderId, to(country))).toEqual(refused);
    }
  });

  it('states for every country whether it has service, and acts accordingly', async () => {
    const { served, refused } = await houseCarrier.countries();
    expect([...served, ...refused].sort()).toEqual([...COUNTRIES].sort());
    for (const country of served) expect((await houseCarrier.book('x', to(country))).answer).toBe('booked');
    for (const country of refused) expect((await houseCarrier.book('x', to(country))).answer).toBe('refused');
  });
});
