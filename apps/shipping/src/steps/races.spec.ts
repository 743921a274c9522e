import { describe, expect, it } from '@jest/globals';
import { ignore, type Step, withoutKeys } from '@quadrille/choreography';
import { exampleOrder, type ShopEvent } from '@quadrille/contracts';
import { type Shipment, shipments } from '../domain/shipments.js';
import type { Booking, Carrier } from '../gateways/carrier.js';
import { houseCarrier } from '../gateways/house-carrier.js';
import { cancelShipment } from './cancel-shipment.js';
import { createShipment } from './create-shipment.js';

const order = { ...exampleOrder(), reason: 'customer-changed-mind' };
const AT = '2026-01-01T00:00:00.000Z';

/** A carrier that stores its cancellations, as the port requires. */
class RememberingCarrier implements Carrier {
  readonly booked = new Set<string>();
  private readonly cancelled = new Set<string>();

  async book(reference: string): Promise<Booking> {
    if (this.cancelled.has(reference)) return { answer: 'cancelled' };
    this.booked.add(reference);
    return { answer: 'booked', trackingNumber: `T-${reference}` };
  }
  async cancel(reference: string): Promise<void> {
    this.cancelled.add(reference);
    this.booked.delete(reference);
  }
  countries = houseCarrier.countries;
}

type Move = readonly ['call' | 'decide', Step];

/** All interleavings of two sequences, each in its own order. */
function shuffles<Each>([first, ...firsts]: readonly Each[], [second, ...seconds]: readonly Each[]): Each[][] {
  if (first === undefined) return [second === undefined ? [] : [second, ...seconds]];
  if (second === undefined) return [[first, ...firsts]];
  return [
    ...shuffles(firsts, [second, ...seconds]).map((rest) => [first, ...rest]),
    ...shuffles([first, ...firsts], seconds).map((rest) => [second, ...rest]),
  ];
}

async function play(carrier: Carrier, moves: readonly Move[]): Promise<{ types: string[]; shipment: Shipment }> {
  let shipment: Shipment = shipments.initial(order.orderId);
  const answers = new Map<Step, unknown>();
  const types: string[] = [];
  for (const [what, step] of moves) {
    if (what === 'call') answers.set(step, await step.call!(order, { carrier, personalData: withoutKeys }));
    else {
      const decided = step.decide({ shipment }, order, answers.get(step));
      if (decided === ignore || !('type' in decided)) continue;
      types.push(decided.type);
      shipment = shipments.evolve(shipment, decided as ShopEvent, AT);
    }
  }
  return { types, shipment };
}

/** The moves of a step with a crash: called, called again, decided, and all of it repeated by a second delivery. */
const movesOf = (step: Step): Move[] => [
  ['call', step],
  ['call', step],
  ['decide', step],
  ['call', step],
  ['decide', step],
];
const all = shuffles(movesOf(createShipment), movesOf(cancelShipment));

describe('a shipment that is created and cancelled at the same time', () => {
  it.each([
    ['a carrier with state', () => new RememberingCarrier()],
    ['the house carrier', () => houseCarrier],
  ])('ends cancelled and emits ShipmentCancelled once, in every order of arrival, with %s', async (_, make) => {
    expect(all).toHaveLength(252);
    for (const moves of all) {
      const { types, shipment } = await play(make(), moves);
      expect([['ShipmentCancelled'], ['ShipmentCreated', 'ShipmentCancelled']]).toContainEqual(types);
      expect(shipment.status).toBe('cancelled');
    }
  });

  it('leaves no parcel with the carrier', async () => {
    for (const moves of all) {
      const carrier = new RememberingCarrier();
      await play(carrier, moves);
      expect(carrier.booked.size).toBe(0);
    }
  });
});
