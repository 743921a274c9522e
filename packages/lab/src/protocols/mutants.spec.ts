import { describe, expect, it } from '@jest/globals';
import { checkout } from '@quadrille/contracts';
import { callAll, runSteps } from '../calls.js';
import type { Exploration } from '../explore/explore.js';
import { walk } from '../explore/walk.js';
import { STEPS } from '../phases.js';
import type { Coordinator, Decision, ParticipantContext, Participants, Protocol, StepName } from '../protocol.js';
import { orchestratedSaga } from './orchestrated-saga.js';
import { phasedSaga } from './phased-sagas.js';
import { threePhaseCommit } from './three-phase-commit.js';
import { tryConfirmCancel } from './try-confirm-cancel.js';
import { twoPhaseCommit } from './two-phase-commit.js';
import { validatedSaga } from './validated-sagas.js';

const NO_FAULT = { orders: 1, pieces: 1, sharesLog: false, deaths: 0, cuts: 0, late: 0 };
const SLOW_MS = 60_000;
/** Walks without a fault differ only in the order of messages. */
const WITHOUT_FAULT = 20;

/** The protocol with a faulty coordinator when it processes an order, or when it resumes. */
const carrying = (protocol: Protocol, wrong: (my: Coordinator, at: Participants<any>) => Coordinator): Protocol => ({
  ...protocol,
  execute: (request, at, my) => protocol.execute(request, at, wrong(my, at)),
});
const resuming = (protocol: Protocol, wrong: (my: Coordinator) => Coordinator): Protocol => ({
  ...protocol,
  resume: (at, my) => protocol.resume!(at, wrong(my)),
});
const deciding = (my: Coordinator, decide: Coordinator['decisions']['decide']): Coordinator => ({
  ...my,
  decisions: { ...my.decisions, decide },
});
/** The protocol with faulty participants. */
const taking = (protocol: Protocol, wrong: (context: ParticipantContext, right: any) => object): Protocol => ({
  ...protocol,
  participant: (context) => ({ ...protocol.participant(context), ...wrong(context, protocol.participant(context)) }),
});

const [TWO, THREE] = [twoPhaseCommit(), threePhaseCommit('abort')];
const TCC = tryConfirmCancel(15_000);
const ONE_AND_A_HALF = phasedSaga('1.5PS');
const THREE_PHASES = validatedSaga('3PS', { expiryMs: 15_000, verifyAfterMs: 0 });
const TWO_PHASES = phasedSaga('2PS');
/** A coordinator whose database has no effect for one kind of records. */
const without = (my: Coordinator, kind: string): Coordinator => ({
  ...my,
  transaction: (work) =>
    my.transaction((tx) =>
      work({
        records: <T>(each: string) =>
          each === kind
            ? {
                ...tx.records<T>(each),
                insert: async () => true,
                replace: async () => true,
                delete: async () => true,
              }
            : tx.records<T>(each),
      }),
    ),
});

/** Participants whose coordinator does not wait: it takes the success of a step for granted, and the call is still in flight. */
const optimistic = (at: Participants<any>): Participants<any> => {
  let calls: Promise<unknown> = Promise.resolve();
  const of = (service: keyof typeof at) => ({
    act: (saga: string, step: StepName, payload: object) => {
      const call = () => at[service].act(saga, step, payload);
      calls = calls.then(call, call);
      const row = checkout.rows[step];
      // The data of the first event, with its prices, are those of all others.
      return step === 'place-order' ? calls : Promise.resolve({ type: row.emits[0]!.name, data: payload });
    },
  });
  return { order: of('order'), payment: of('payment'), inventory: of('inventory'), shipping: of('shipping') };
};

/** Participants of a coordinator that cancels the order before it returns the payment. The table has the order of the compensations, not the protocol. */
const reversed = (at: Participants<any>): Participants<any> => {
  const { order, payment } = at;
  const act = (saga: string, step: StepName, payload: object) =>
    step === 'return-payment'
      ? order.act(saga, 'cancel-order', payload)
      : step === 'cancel-order'
        ? payment.act(saga, 'return-payment', payload)
        : (step.endsWith('payment') ? payment : order).act(saga, step, payload);
  return { ...at, order: { act }, payment: { act } };
};

/** Protocols with one safeguard removed, the faults under which the exploration must detect it, and the promise that is broken. */
const MUTANTS: Readonly<Record<string, readonly [Protocol, Partial<Exploration>, promise: string]>> = {
  'two-phase commit that finishes before it writes the log': [
    carrying(TWO, (my, at) =>
      deciding(my, async (tx, proposed) => {
        await callAll<any, unknown>(at, (each) => each.finish(tx, proposed));
        return my.decisions.decide(tx, proposed);
      }),
    ),
    { deaths: 1 },
    '2. a completed order took effect once',
  ],
  'two-phase commit that writes no log': [
    carrying(TWO, (my) => deciding(my, async (_, proposed) => proposed)),
    { deaths: 1 },
    '2. a completed order took effect once',
  ],
  'two-phase commit that ignores an earlier decision in the log': [
    carrying(TWO, (my) => deciding(my, async (tx, proposed) => (await my.decisions.decide(tx, proposed)) && proposed)),
    { sharesLog: true, late: 2 },
    '7. the answer to the customer matches the order',
  ],
  'two-phase commit that resumes without reading the log': [
    resuming(TWO, (my) => deciding(my, async () => 'abort' as Decision)),
    { deaths: 1 },
    '2. a completed order took effect once',
  ],
  'two-phase commit that commits transactions in doubt': [
    resuming(TWO, (my) => deciding(my, (tx) => my.decisions.decide(tx, 'commit'))),
    { deaths: 1 },
    '2. a completed order took effect once',
  ],
  'two-phase commit that never resumes, so a late prepare stays': [
    { ...TWO, resume: undefined } as unknown as Protocol,
    { late: 1 },
    '6. no prepared transaction remains',
  ],
  'two-phase commit that resumes transactions of other coordinators from its own log': [
    resuming(TWO, (my) => ({ ...my, decisions: { ...my.decisions, covers: () => true } })),
    { deaths: 1 },
    '7. all services agree on how an order ended',
  ],
  'two-phase commit whose participants commit instead of preparing': [
    taking(TWO, (context) => ({
      prepare: (_: string, steps: any, payload: object) =>
        context.transaction((local) => runSteps(local, steps, payload)),
    })),
    { orders: 2 },
    '7. all services agree on how an order ended',
  ],
  'two-phase commit that counts a vote no as yes': [
    taking(TWO, (_, right) => ({
      prepare: (tx: string, steps: any, payload: object) => right.prepare(tx, steps, payload).catch(() => payload),
    })),
    { orders: 2 },
    '7. all services agree on how an order ended',
  ],
  'three-phase commit without a record of the commit': [
    taking(THREE, (context) => ({
      canCommit: (tx: string, steps: any, payload: object) =>
        context.transaction((local) => runSteps(local, steps, payload), tx),
    })),
    { deaths: 1 },
    '2. a completed order took effect once',
  ],
  'three-phase commit whose participants abort without querying peers': [
    {
      ...THREE,
      sweep: async (context) =>
        void (await Promise.all((await context.inDoubt()).map(({ name }) => context.finish(name, 'abort')))),
    },
    { deaths: 1 },
    '2. a completed order took effect once',
  ],
  'three-phase commit whose participants commit without querying peers': [
    {
      ...THREE,
      sweep: async (context) =>
        void (await Promise.all((await context.inDoubt()).map(({ name }) => context.finish(name, 'commit')))),
    },
    { deaths: 1 },
    '7. all services agree on how an order ended',
  ],
  'an orchestrated saga that stores no record': [
    carrying(orchestratedSaga, (my) => without(my, 'sagas')),
    { deaths: 1 },
    '7. all services agree on how an order ended',
  ],
  'an orchestrated saga that persists a step before its answer': [
    { ...orchestratedSaga, execute: (request, at, my) => orchestratedSaga.execute(request, optimistic(at), my) },
    { deaths: 1 },
    '1. every order ends',
  ],
  'an orchestrated saga that compensates in reverse': [
    { ...orchestratedSaga, execute: (request, at, my) => orchestratedSaga.execute(request, reversed(at), my) },
    { orders: 2 },
    '3. a cancelled order is compensated',
  ],
  'an orchestrated saga that never resumes': [
    { ...orchestratedSaga, resume: async () => {} },
    { deaths: 1 },
    '7. all services agree on how an order ended',
  ],
  'try-confirm-cancel without an expiry in the transaction of the try': [
    taking(TCC, (context) => ({
      try: (_: string, payload: object) =>
        context.transaction((local) => runSteps(local, [STEPS[context.service].try], payload)),
    })),
    { deaths: 1 },
    '1. every order ends',
  ],
  'try-confirm-cancel that stores no decision': [
    carrying(TCC, (my) => without(my, 'tcc')),
    { deaths: 1 },
    '7. all services agree on how an order ended',
  ],
  'try-confirm-cancel that cancels without a tombstone': [
    taking({ ...TCC, sweep: async () => {} }, (context, right) => ({
      cancel: async (id: string, order: object, reason: string) => {
        if (await context.transaction((local) => local.records('expiring').get(id)))
          await right.cancel(id, order, reason);
      },
    })),
    { late: 1 },
    '1. every order ends',
  ],
  '3PS that accepts a claim after the cancellation of its order': [
    taking(THREE_PHASES, (context) => ({
      hold: ({ orderId, items: [{ sku, quantity }] }: any) =>
        context.transaction((local) => local.records('claims').insert(orderId, { sku, quantity, nth: 1 })),
    })),
    { late: 1 },
    '6. no claim or reservation of an order that has ended remains',
  ],
  '1.5PS that never confirms the orders that it has answered': [
    { ...ONE_AND_A_HALF, resume: async () => {} },
    {},
    '1. every order ends',
  ],
  '1.5PS that answers without a record of its decision': [
    carrying(ONE_AND_A_HALF, (my) => without(my, 'under way in 1.5PS')),
    {},
    '1. every order ends',
  ],
  '2PS that never resumes': [{ ...TWO_PHASES, resume: async () => {} }, { deaths: 1 }, '1. every order ends'],
  '2PS that records nothing': [
    carrying(TWO_PHASES, (my) => without(my, 'under way in 2PS')),
    { deaths: 1 },
    '2. a completed order took effect once',
  ],
  '2PS whose order service does not record its first answer': [
    taking(TWO_PHASES, (context) => ({
      try: (order: object) => context.transaction((local) => runSteps(local, [STEPS[context.service].try], order)),
    })),
    { deaths: 1 },
    '1. every order ends',
  ],
  '2PS that confirms although another coordinator has cancelled': [
    carrying(TWO_PHASES, (my) => ({
      ...my,
      transaction: (work) =>
        my.transaction((tx) =>
          work({
            records: <T>(kind: string) => {
              const records = tx.records<T>(kind);
              return {
                ...records,
                replace: async (...given: Parameters<typeof records.replace>) =>
                  (await records.replace(...given)) || true,
              };
            },
          }),
        ),
    })),
    { late: 2 },
    '2. a completed order took effect once',
  ],
};

describe('a protocol without one of its safeguards', () => {
  it.each(Object.entries(MUTANTS))(
    'is detected, and only with its fault: %s',
    async (_, [protocol, faults, promise]) => {
      const { broken } = await walk({ ...NO_FAULT, ...faults, protocol }, 1_000, { toFirst: true });
      expect(broken.map((each) => each.promise)).toContain(promise);
      if (Object.keys(faults).length > 0)
        expect(await walk({ ...NO_FAULT, protocol }, WITHOUT_FAULT)).toEqual({ broken: [] });
    },
    SLOW_MS,
  );
});
