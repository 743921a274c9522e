import { createHash } from 'node:crypto';
import { COUNTRIES } from '@quadrille/contracts';
import type { Booking, Carrier, Countries, Destination } from './carrier.js';

/** Countries without regular service: uninhabited, or closed to parcels. */
const UNSERVED: ReadonlySet<string> = new Set(['AQ', 'BV', 'GS', 'HM', 'KP', 'TF', 'UM']);

const sorted = [...COUNTRIES].sort();
const TARIFF: Countries = {
  served: sorted.filter((country) => !UNSERVED.has(country)),
  refused: sorted.filter((country) => UNSERVED.has(country)),
};
const served = new Set(TARIFF.served);

/** Crockford's base 32: without look-alikes (I, L, O, U), because customers read tracking numbers out by telephone. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 5 bits each: 80 bits, so that two references do not collide. */
const TRACKING_CHARACTERS = 16;

/** Returns `QD` and 16 characters, derived from the reference alone. */
export function trackingNumberOf(reference: string): string {
  const digest = createHash('sha256').update(`house-carrier ${reference}`).digest();
  return `QD${Array.from(digest.subarray(0, TRACKING_CHARACTERS), (byte) => ALPHABET[byte % 32]).join('')}`;
}

/**
 * The shop's own carrier, in this process. It is stateless: its answer derives from reference and destination alone, so a
 * repeated call returns the same, also after a crash. Its bookings allocate nothing outside that could outlive a cancellation;
 * the row of the shipment, with its tombstone, decides whether a parcel leaves. A carrier that does allocate something must store
 * its cancellations.
 */
export const houseCarrier: Carrier = {
  async book(reference: string, { country }: Destination): Promise<Booking> {
    if (!served.has(country)) return { answer: 'refused', reason: 'undeliverable-destination' };
    return { answer: 'booked', trackingNumber: trackingNumberOf(reference) };
  },
  async cancel(): Promise<void> {},
  async countries(): Promise<Countries> {
    return TARIFF;
  },
};
