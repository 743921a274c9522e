import { describe, expect, it } from '@jest/globals';
import { type Aggregate, ignore, type ServiceSteps, type Step } from '@quadrille/choreography';
import { reservations } from '@quadrille/inventory/domain/reservations';
import { stock } from '@quadrille/inventory/domain/stock';
import { payments } from '@quadrille/payment/domain/payments';
import { shipments } from '@quadrille/shipping/domain/shipments';
import { exploreCheckout } from './explore-checkout.js';
import { circumstancesOfOne } from './scenarios.js';
import { checkoutParts } from './steps.js';

const INBOXES = { 'the inbox is complete': 0, 'the inbox misses one id': 1 } as const;
const KNOWS = 'the inbox is complete';
const FORGETS = 'the inbox misses one id';

const ENDS = '1. every order ends';
const ONCE = 'each step acts once';
const UNDONE = '3. a cancelled order is compensated';
const PIECES = '4. no piece is lost or promised twice';
const MONEY = '5. no money is lost or made';
const AGREED = '7. all services agree on how an order ended';
const PROVIDER = '7. we and the provider agree';
const CARRIER = '7. we and the carrier agree';

type Change = (step: Step) => Step;
type Mutant = readonly [step: string, what: string, promise: string, inbox: keyof typeof INBOXES, change: Change];

/** The step decides with another state instead of one of its states. */
const sees =
  (field: string, as: (state: any, heard: any) => unknown): Change =>
  (step) => ({
    ...step,
    decide: (states, heard, answer) => step.decide({ ...states, [field]: as(states[field], heard) }, heard, answer),
  });

/** The step emits nothing in one status. */
const silentWhen =
  (field: string, status: string): Change =>
  (step) => ({
    ...step,
    decide: (states, heard, answer) => (states[field].status === status ? ignore : step.decide(states, heard, answer)),
  });

/** The step mistakes one answer of a gateway for another. */
const mistakes =
  (answer: string, as: object): Change =>
  (step) => ({
    ...step,
    decide: (states, heard, given: any) => step.decide(states, heard, given?.answer === answer ? as : given),
  });

const neverAsks: Change = (step) => ({ ...step, call: async () => undefined });

const MANY = 1_000_000;
const none = () => ({ status: 'none' });
const placed = (order: any) => (order.itinerary ? { ...order, status: 'placed' } : order);
const manyMore = (shelves: object[]) => shelves.map((shelf) => ({ ...shelf, available: MANY }));
const authorized = { answer: 'authorized', authorization: 'auth_never' };

const mutants: readonly Mutant[] = [
  ['cancel-shipment', 'emits nothing without a shipment', ENDS, KNOWS, silentWhen('shipment', 'none')],
  ['release-inventory', 'emits nothing without a reservation', ENDS, KNOWS, silentWhen('reservation', 'none')],
  ['return-payment', 'emits nothing without a payment', ENDS, KNOWS, silentWhen('payment', 'none')],
  ['return-payment', 'emits nothing after a failed capture', ENDS, KNOWS, silentWhen('payment', 'capture-failed')],
  ['cancel-order', 'emits nothing while the order is being cancelled', ENDS, KNOWS, silentWhen('order', 'cancelling')],
  ['cancel-order', 'emits nothing while the order is only placed', ENDS, KNOWS, silentWhen('order', 'placed')],

  ['place-order', 'ignores that the order was placed', ONCE, KNOWS, sees('order', none)],
  ['complete-order', 'ignores that the order is being cancelled', ENDS, KNOWS, sees('order', placed)],
  ['cancel-order', 'ignores that the order has ended', ONCE, FORGETS, sees('order', placed)],
  ['request-cancellation', 'ignores that the order has ended', ONCE, KNOWS, sees('order', placed)],
  ['give-up', 'ignores that the order has ended', ONCE, FORGETS, sees('order', placed)],
  ['authorize-payment', 'ignores that the payment was voided', UNDONE, KNOWS, sees('payment', none)],
  [
    'authorize-payment',
    'ignores the available amount',
    MONEY,
    KNOWS,
    sees('account', (account) => ({ ...account, available: MANY })),
  ],
  [
    'capture-payment',
    'ignores that the payment was voided',
    MONEY,
    KNOWS,
    sees('payment', (_, { payment }) => ({ ...payment, status: 'authorized' })),
  ],
  [
    'return-payment',
    'treats every payment as a hold',
    MONEY,
    KNOWS,
    sees('payment', (_, { total }) => ({ status: 'authorized', amount: total })),
  ],
  [
    'return-payment',
    'treats every payment as captured',
    UNDONE,
    KNOWS,
    sees('payment', (_, { total }) => ({ status: 'captured', amount: total })),
  ],
  ['return-payment', 'treats every payment as missing', UNDONE, KNOWS, sees('payment', none)],
  ['reserve-inventory', 'ignores that the reservation was released', AGREED, KNOWS, sees('reservation', none)],
  ['reserve-inventory', 'ignores the available quantity', PIECES, KNOWS, sees('shelves', manyMore)],
  [
    'release-inventory',
    'releases pieces that were never reserved',
    PIECES,
    KNOWS,
    sees('reservation', (_, { items }) => ({ status: 'reserved', items })),
  ],
  ['release-inventory', 'ignores the reserved pieces', PIECES, KNOWS, sees('reservation', none)],
  [
    'commit-inventory',
    'ignores that the pieces are sold',
    ONCE,
    FORGETS,
    sees('reservation', () => ({ status: 'reserved' })),
  ],
  ['create-shipment', 'ignores that the shipment was cancelled', AGREED, KNOWS, sees('shipment', none)],
  ['cancel-shipment', 'ignores that the shipment failed', ONCE, KNOWS, sees('shipment', none)],
  [
    'dispatch-shipment',
    'ignores that the parcel has left',
    ONCE,
    FORGETS,
    sees('shipment', () => ({ status: 'created', trackingNumber: 'QD' })),
  ],

  ['return-payment', 'does not reverse at the provider', UNDONE, KNOWS, neverAsks],
  ['cancel-shipment', 'does not cancel with the carrier', UNDONE, KNOWS, neverAsks],
  ['authorize-payment', 'treats a reversal as a hold', PROVIDER, KNOWS, mistakes('reversed', authorized)],
  ['authorize-payment', 'treats a refusal as a hold', PROVIDER, KNOWS, mistakes('declined', authorized)],
  ['capture-payment', 'treats a reversal as a capture', PROVIDER, KNOWS, mistakes('reversed', { answer: 'captured' })],
  ['capture-payment', 'treats a refusal as a capture', PROVIDER, KNOWS, mistakes('declined', { answer: 'captured' })],
  [
    'create-shipment',
    'treats a cancellation as a booking',
    CARRIER,
    KNOWS,
    mistakes('cancelled', { answer: 'booked', trackingNumber: 'QD' }),
  ],
];

const withMutant = (name: string, change: Change): ServiceSteps[] =>
  checkoutParts.map(({ service, steps }) => ({
    service,
    steps: steps.map((step) => (step.name === name ? change(step) : step)),
  }));

/** Returns the first broken promise, and the kind of inbox. */
async function found(parts: readonly ServiceSteps[]) {
  for (const [inbox, unknownToInbox] of Object.entries(INBOXES)) {
    for (const circumstances of circumstancesOfOne()) {
      const assumptions = { unknownToInbox, repeatedAsks: true };
      const { violation } = await exploreCheckout(1, circumstances, assumptions, { parts });
      if (violation) return { promise: violation.promise, inbox };
    }
  }
  return undefined;
}

describe('the exploration finds a step without one of its guards or tombstones', () => {
  it.each(mutants)('%s that %s breaks "%s" when %s', async (step, _what, promise, inbox, change) => {
    expect(await found(withMutant(step, change))).toEqual({ promise, inbox });
  });

  it('and no broken promise of the real steps, with either inbox', async () => {
    expect(await found(checkoutParts)).toBeUndefined();
  });
});

/** Lets an aggregate ignore one event if its key has no state yet. */
async function forgetting(aggregate: Aggregate, event: string, run: () => Promise<unknown>): Promise<unknown> {
  const evolve = aggregate.evolve;
  const forgetful: Aggregate['evolve'] = (state, said, at) =>
    said.type === event && (state.status === 'none' || !state.status) ? state : evolve(state, said, at);
  Object.assign(aggregate, { evolve: forgetful });
  try {
    return await run();
  } finally {
    Object.assign(aggregate, { evolve });
  }
}

describe('the exploration finds a state without a tombstone', () => {
  it.each([
    ['payments', 'PaymentVoided', UNDONE, payments],
    ['reservations', 'InventoryReleased', AGREED, reservations],
    ['shipments', 'ShipmentCancelled', AGREED, shipments],
    ['stock', 'InventoryReleased', PIECES, stock],
    ['stock', 'InventoryCommitted', PIECES, stock],
  ] as const)('%s that ignore %s break "%s"', async (_, event, promise, aggregate) => {
    expect(await forgetting(aggregate, event, () => found(checkoutParts))).toMatchObject({ promise, inbox: KNOWS });
  });
});
