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
const COMPLETE_INBOX = 'the inbox is complete';
const INCOMPLETE_INBOX = 'the inbox misses one id';

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
  (field: string, as: (state: any, input: any) => unknown): Change =>
  (step) => ({
    ...step,
    decide: (states, input, answer) => step.decide({ ...states, [field]: as(states[field], input) }, input, answer),
  });

/** The step emits nothing in one status. */
const silentWhen =
  (field: string, status: string): Change =>
  (step) => ({
    ...step,
    decide: (states, input, answer) => (states[field].status === status ? ignore : step.decide(states, input, answer)),
  });

/** The step mistakes one answer of a gateway for another. */
const mistakes =
  (answer: string, as: object): Change =>
  (step) => ({
    ...step,
    decide: (states, input, given: any) => step.decide(states, input, given?.answer === answer ? as : given),
  });

const neverCalls: Change = (step) => ({ ...step, call: async () => undefined });

const MANY = 1_000_000;
const none = () => ({ status: 'none' });
const placed = (order: any) => (order.details ? { ...order, status: 'placed' } : order);
const manyMore = (shelves: object[]) => shelves.map((shelf) => ({ ...shelf, available: MANY }));
const authorized = { answer: 'authorized', authorization: 'auth_never' };

const mutants: readonly Mutant[] = [
  ['cancel-shipment', 'emits nothing without a shipment', ENDS, COMPLETE_INBOX, silentWhen('shipment', 'none')],
  ['release-inventory', 'emits nothing without a reservation', ENDS, COMPLETE_INBOX, silentWhen('reservation', 'none')],
  ['return-payment', 'emits nothing without a payment', ENDS, COMPLETE_INBOX, silentWhen('payment', 'none')],
  [
    'return-payment',
    'emits nothing after a failed capture',
    ENDS,
    COMPLETE_INBOX,
    silentWhen('payment', 'capture-failed'),
  ],
  [
    'cancel-order',
    'emits nothing while the order is being cancelled',
    ENDS,
    COMPLETE_INBOX,
    silentWhen('order', 'cancelling'),
  ],
  ['cancel-order', 'emits nothing while the order is only placed', ENDS, COMPLETE_INBOX, silentWhen('order', 'placed')],

  ['place-order', 'ignores that the order was placed', ONCE, COMPLETE_INBOX, sees('order', none)],
  ['complete-order', 'ignores that the order is being cancelled', ENDS, COMPLETE_INBOX, sees('order', placed)],
  ['cancel-order', 'ignores that the order has ended', ONCE, INCOMPLETE_INBOX, sees('order', placed)],
  ['request-cancellation', 'ignores that the order has ended', ONCE, COMPLETE_INBOX, sees('order', placed)],
  ['give-up', 'ignores that the order has ended', ONCE, INCOMPLETE_INBOX, sees('order', placed)],
  ['authorize-payment', 'ignores that the payment was voided', UNDONE, COMPLETE_INBOX, sees('payment', none)],
  [
    'authorize-payment',
    'ignores the available amount',
    MONEY,
    COMPLETE_INBOX,
    sees('account', (account) => ({ ...account, available: MANY })),
  ],
  [
    'capture-payment',
    'ignores that the payment was voided',
    MONEY,
    COMPLETE_INBOX,
    sees('payment', (_, { payment }) => ({ ...payment, status: 'authorized' })),
  ],
  [
    'return-payment',
    'treats every payment as a hold',
    MONEY,
    COMPLETE_INBOX,
    sees('payment', (_, { total }) => ({ status: 'authorized', amount: total })),
  ],
  [
    'return-payment',
    'treats every payment as captured',
    UNDONE,
    COMPLETE_INBOX,
    sees('payment', (_, { total }) => ({ status: 'captured', amount: total })),
  ],
  ['return-payment', 'treats every payment as missing', UNDONE, COMPLETE_INBOX, sees('payment', none)],
  ['reserve-inventory', 'ignores that the reservation was released', AGREED, COMPLETE_INBOX, sees('reservation', none)],
  ['reserve-inventory', 'ignores the available quantity', PIECES, COMPLETE_INBOX, sees('shelves', manyMore)],
  [
    'release-inventory',
    'releases pieces that were never reserved',
    PIECES,
    COMPLETE_INBOX,
    sees('reservation', (_, { items }) => ({ status: 'reserved', items })),
  ],
  ['release-inventory', 'ignores the reserved pieces', PIECES, COMPLETE_INBOX, sees('reservation', none)],
  [
    'commit-inventory',
    'ignores that the pieces are sold',
    ONCE,
    INCOMPLETE_INBOX,
    sees('reservation', () => ({ status: 'reserved' })),
  ],
  ['create-shipment', 'ignores that the shipment was cancelled', AGREED, COMPLETE_INBOX, sees('shipment', none)],
  ['cancel-shipment', 'ignores that the shipment failed', ONCE, COMPLETE_INBOX, sees('shipment', none)],
  [
    'dispatch-shipment',
    'ignores that the parcel has left',
    ONCE,
    INCOMPLETE_INBOX,
    sees('shipment', () => ({ status: 'created', trackingNumber: 'QD' })),
  ],

  ['return-payment', 'does not reverse at the provider', UNDONE, COMPLETE_INBOX, neverCalls],
  ['cancel-shipment', 'does not cancel with the carrier', UNDONE, COMPLETE_INBOX, neverCalls],
  ['authorize-payment', 'treats a reversal as a hold', PROVIDER, COMPLETE_INBOX, mistakes('reversed', authorized)],
  ['authorize-payment', 'treats a refusal as a hold', PROVIDER, COMPLETE_INBOX, mistakes('declined', authorized)],
  [
    'capture-payment',
    'treats a reversal as a capture',
    PROVIDER,
    COMPLETE_INBOX,
    mistakes('reversed', { answer: 'captured' }),
  ],
  [
    'capture-payment',
    'treats a refusal as a capture',
    PROVIDER,
    COMPLETE_INBOX,
    mistakes('declined', { answer: 'captured' }),
  ],
  [
    'create-shipment',
    'treats a cancellation as a booking',
    CARRIER,
    COMPLETE_INBOX,
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
      const assumptions = { unknownToInbox, repeatedCalls: true };
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
  const forgetful: Aggregate['evolve'] = (state, emitted, at) =>
    emitted.type === event && (state.status === 'none' || !state.status) ? state : evolve(state, emitted, at);
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
    expect(await forgetting(aggregate, event, () => found(checkoutParts))).toMatchObject({
      promise,
      inbox: COMPLETE_INBOX,
    });
  });
});
