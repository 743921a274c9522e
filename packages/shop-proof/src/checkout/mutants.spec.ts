import { describe, expect, it } from '@jest/globals';
import { type Aggregate, ignore, type ServiceSteps, type Step } from '@quadrille/choreography';
import { reservations } from '@quadrille/inventory/domain/reservations';
import { stock } from '@quadrille/inventory/domain/stock';
import { payments } from '@quadrille/payment/domain/payments';
import { shipments } from '@quadrille/shipping/domain/shipments';
import { exploreCheckout } from './explore-checkout.js';
import { circumstancesOfOne } from './scenarios.js';
import { checkoutParts } from './steps.js';

const INBOXES = { 'the inbox knows all': 0, 'the inbox forgets one': 1 } as const;
const KNOWS = 'the inbox knows all';
const FORGETS = 'the inbox forgets one';

const ENDS = '1. every order ends';
const ONCE = 'each step acts once';
const UNDONE = '3. what is cancelled is undone';
const PIECES = '4. no piece is lost or promised twice';
const MONEY = '5. no money is lost or made';
const AGREED = '7. all services agree on how an order ended';
const PROVIDER = '7. we and the provider agree';
const CARRIER = '7. we and the carrier agree';

type Change = (step: Step) => Step;
type Mutant = readonly [step: string, what: string, promise: string, inbox: keyof typeof INBOXES, change: Change];

/** The step decides as if one of its states were another. */
const sees =
  (field: string, as: (state: any, heard: any) => unknown): Change =>
  (step) => ({
    ...step,
    decide: (states, heard, answer) => step.decide({ ...states, [field]: as(states[field], heard) }, heard, answer),
  });

/** The step says nothing in one status. */
const silentWhen =
  (field: string, status: string): Change =>
  (step) => ({
    ...step,
    decide: (states, heard, answer) => (states[field].status === status ? ignore : step.decide(states, heard, answer)),
  });

/** The step takes one answer of the outside world for another. */
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
  ['cancel-shipment', 'is silent when there is no shipment', ENDS, KNOWS, silentWhen('shipment', 'none')],
  ['release-inventory', 'is silent when there is no reservation', ENDS, KNOWS, silentWhen('reservation', 'none')],
  ['return-payment', 'is silent when there is no payment', ENDS, KNOWS, silentWhen('payment', 'none')],
  ['return-payment', 'is silent when the capture had failed', ENDS, KNOWS, silentWhen('payment', 'capture-failed')],
  ['cancel-order', 'is silent when the order is being cancelled', ENDS, KNOWS, silentWhen('order', 'cancelling')],
  ['cancel-order', 'is silent when the order is only placed', ENDS, KNOWS, silentWhen('order', 'placed')],

  ['place-order', 'does not see that it was placed', ONCE, KNOWS, sees('order', none)],
  ['complete-order', 'does not see that it is being cancelled', ENDS, KNOWS, sees('order', placed)],
  ['cancel-order', 'does not see that it has ended', ONCE, FORGETS, sees('order', placed)],
  ['request-cancellation', 'does not see that it has ended', ONCE, KNOWS, sees('order', placed)],
  ['give-up', 'does not see that it has ended', ONCE, FORGETS, sees('order', placed)],
  ['authorize-payment', 'does not see that it was voided', UNDONE, KNOWS, sees('payment', none)],
  [
    'authorize-payment',
    'does not see how much there is',
    MONEY,
    KNOWS,
    sees('account', (account) => ({ ...account, available: MANY })),
  ],
  [
    'capture-payment',
    'does not see that it was voided',
    MONEY,
    KNOWS,
    sees('payment', (_, { payment }) => ({ ...payment, status: 'authorized' })),
  ],
  [
    'return-payment',
    'takes every payment for a hold',
    MONEY,
    KNOWS,
    sees('payment', (_, { total }) => ({ status: 'authorized', amount: total })),
  ],
  [
    'return-payment',
    'takes every payment for captured',
    UNDONE,
    KNOWS,
    sees('payment', (_, { total }) => ({ status: 'captured', amount: total })),
  ],
  ['return-payment', 'takes every payment for none', UNDONE, KNOWS, sees('payment', none)],
  ['reserve-inventory', 'does not see that it was released', AGREED, KNOWS, sees('reservation', none)],
  ['reserve-inventory', 'does not see how many there are', PIECES, KNOWS, sees('shelves', manyMore)],
  [
    'release-inventory',
    'releases what was never reserved',
    PIECES,
    KNOWS,
    sees('reservation', (_, { items }) => ({ status: 'reserved', items })),
  ],
  ['release-inventory', 'forgets what was reserved', PIECES, KNOWS, sees('reservation', none)],
  [
    'commit-inventory',
    'does not see that it is sold',
    ONCE,
    FORGETS,
    sees('reservation', () => ({ status: 'reserved' })),
  ],
  ['create-shipment', 'does not see that it was cancelled', AGREED, KNOWS, sees('shipment', none)],
  ['cancel-shipment', 'does not see that it failed', ONCE, KNOWS, sees('shipment', none)],
  [
    'dispatch-shipment',
    'does not see that it has left',
    ONCE,
    FORGETS,
    sees('shipment', () => ({ status: 'created', trackingNumber: 'QD' })),
  ],

  ['return-payment', 'does not reverse at the provider', UNDONE, KNOWS, neverAsks],
  ['cancel-shipment', 'does not cancel with the carrier', UNDONE, KNOWS, neverAsks],
  ['authorize-payment', 'takes a reversal for a hold', PROVIDER, KNOWS, mistakes('reversed', authorized)],
  ['authorize-payment', 'takes a refusal for a hold', PROVIDER, KNOWS, mistakes('declined', authorized)],
  ['capture-payment', 'takes a reversal for a capture', PROVIDER, KNOWS, mistakes('reversed', { answer: 'captured' })],
  ['capture-payment', 'takes a refusal for a capture', PROVIDER, KNOWS, mistakes('declined', { answer: 'captured' })],
  [
    'create-shipment',
    'takes a cancellation for a booking',
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

/** The first promise that is found broken, and in what world. */
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

describe('a step with one guard or tombstone less is found by the exploration', () => {
  it.each(mutants)('%s that %s breaks "%s" when %s', async (step, _what, promise, inbox, change) => {
    expect(await found(withMutant(step, change))).toEqual({ promise, inbox });
  });

  it('while the steps as they are break nothing, whatever the inbox knows', async () => {
    expect(await found(checkoutParts)).toBeUndefined();
  });
});

/** Lets an aggregate not remember one event about a key of which nothing was known. */
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

describe('a state that forgets is found by the exploration', () => {
  it.each([
    ['payments', 'PaymentVoided', UNDONE, payments],
    ['reservations', 'InventoryReleased', AGREED, reservations],
    ['shipments', 'ShipmentCancelled', AGREED, shipments],
    ['stock', 'InventoryReleased', PIECES, stock],
    ['stock', 'InventoryCommitted', PIECES, stock],
  ] as const)('%s that forget %s break "%s"', async (_, event, promise, aggregate) => {
    expect(await forgetting(aggregate, event, () => found(checkoutParts))).toMatchObject({ promise, inbox: KNOWS });
  });
});
