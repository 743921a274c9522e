import { createHash } from 'node:crypto';
import { COUNTRIES } from '@quadrille/contracts';
import type { Booking, Carrier, Countries, Destination } from './carrier.js';

/** Where no regular service goes: uninhabited, or closed to parcels. */
const UNSERVED: ReadonlySet<string> = new Set(['AQ', 'BV', 'GS', 'HM', 'KP', 'TF', 'UM']);

const sorted = [...COUNTRIES].sort();
const TARIFF: Countries = {
  served: sorted.filter((country) => !UNSERVED.has(country)),
  refused: sorted.filter((country) => UNSERVED.has(country)),
};
const served = new Set(TARIFF.served);

/** Without look-alikes (I, L, O, U), as people read tracking numbers out on the telephone: Crockford's base 32. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 5 bits each: 80 bits, so that two references never meet. */
const TRACKING_CHARACTERS = 16;

/** `QD` and 16 characters that follow from the reference alone. */
export function trackingNumberOf(reference: string): string {
  const digest = createHash('sha256').update(`house-carrier ${reference}`).digest();
  return `QD${Array.from(digest.subarray(0, TRACKING_CHARACTERS), (byte) => ALPHABET[byte % 32]).join('')}`;
}

/**
 * The shop's own carrier, in this process. It remembers nothing, and needs not: what it answers follows from reference and
 * destination alone, so asking twice answers the same, after a crash too. A booking of it holds nothing in the world that could
 * outlive a cancellation; whether a parcel leaves is decided by the shipment's row, which keeps the tombstone. A carrier that does
 * hold something must remember what was cancelled.
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
