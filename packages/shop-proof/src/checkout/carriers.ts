import { withoutKeys } from '@quadrille/choreography';
import type { OutsideWorld } from '@quadrille/proof/explore/system';
import type { Booking, Carrier } from '@quadrille/shipping/gateways/carrier';
import { houseCarrier } from '@quadrille/shipping/gateways/house-carrier';

/** What a carrier that holds something keeps of a reference; `barred`: cancelled before it was ever booked. */
export type Parcel = 'none' | 'booked' | 'cancelled' | 'barred';

/** The shop's own carrier, as it is: it remembers nothing, so only the shipment's row keeps a parcel from leaving. */
const house: OutsideWorld<Parcel> = {
  service: 'shipping',
  name: 'carrier',
  remembers: false,
  initial: () => 'none',
  open: (state) => ({
    ports: { carrier: houseCarrier, personalData: withoutKeys },
    state: () => state,
    wasAsked: () => true,
  }),
};

/** A carrier that holds a booking until it is cancelled, and refuses a cancelled reference for ever. */
const foreign: OutsideWorld<Parcel> = {
  service: 'shipping',
  name: 'carrier',
  remembers: true,
  initial: () => 'none',
  open(state) {
    const carrier = new HoldingCarrier(state);
    return {
      ports: { carrier, personalData: withoutKeys },
      state: () => carrier.parcel,
      wasAsked: () => carrier.wasAsked,
    };
  },
};

/** The two kinds of carriers there are. */
export const carriers = { house, foreign } as const;

class HoldingCarrier implements Carrier {
  wasAsked = false;
  readonly countries = houseCarrier.countries;

  constructor(public parcel: Parcel) {}

  async book(...[reference, destination]: Parameters<Carrier['book']>): Promise<Booking> {
    this.wasAsked = true;
    if (this.parcel === 'cancelled' || this.parcel === 'barred') return { answer: 'cancelled' };
    const booking = await houseCarrier.book(reference, destination);
    if (booking.answer === 'booked') this.parcel = 'booked';
    return booking;
  }

  async cancel(): Promise<void> {
    this.wasAsked = true;
    if (this.parcel === 'none') this.parcel = 'barred';
    if (this.parcel === 'booked') this.parcel = 'cancelled';
  }
}
