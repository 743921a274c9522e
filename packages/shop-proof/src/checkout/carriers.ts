import { withoutKeys } from '@quadrille/choreography';
import type { GatewayParty } from '@quadrille/proof/explore/system';
import type { Booking, Carrier } from '@quadrille/shipping/gateways/carrier';
import { houseCarrier } from '@quadrille/shipping/gateways/house-carrier';

/** The state of a reference at a carrier with bookings; `barred`: cancelled before a booking. */
export type Parcel = 'none' | 'booked' | 'cancelled' | 'barred';

/** The real carrier of the shop. It has no state, so only the shipment's row prevents the dispatch of a parcel. */
const house: GatewayParty<Parcel> = {
  service: 'shipping',
  name: 'carrier',
  remembers: false,
  initial: () => 'none',
  open: (state) => ({
    ports: { carrier: houseCarrier, personalData: withoutKeys },
    state: () => state,
    wasCalled: () => true,
  }),
};

/** A carrier that holds a booking until it is cancelled, and then refuses its reference permanently. */
const foreign: GatewayParty<Parcel> = {
  service: 'shipping',
  name: 'carrier',
  remembers: true,
  initial: () => 'none',
  open(state) {
    const carrier = new HoldingCarrier(state);
    return {
      ports: { carrier, personalData: withoutKeys },
      state: () => carrier.parcel,
      wasCalled: () => carrier.wasCalled,
    };
  },
};

/** The two kinds of carriers. */
export const carriers = { house, foreign } as const;

class HoldingCarrier implements Carrier {
  wasCalled = false;
  readonly countries = houseCarrier.countries;

  constructor(public parcel: Parcel) {}

  async book(...[reference, destination]: Parameters<Carrier['book']>): Promise<Booking> {
    this.wasCalled = true;
    if (this.parcel === 'cancelled' || this.parcel === 'barred') return { answer: 'cancelled' };
    const booking = await houseCarrier.book(reference, destination);
    if (booking.answer === 'booked') this.parcel = 'booked';
    return booking;
  }

  async cancel(): Promise<void> {
    this.wasCalled = true;
    if (this.parcel === 'none') this.parcel = 'barred';
    if (this.parcel === 'booked') this.parcel = 'cancelled';
  }
}
