import { describe, expect, it } from '@jest/globals';
import type { Exploration } from '../explore/explore.js';
import { walk } from '../explore/walk.js';
import { STEPS } from '../phases.js';
import type { Coordinator, Decision, Here, Participants, Protocol } from '../protocol.js';
import { everywhere, forward } from '../several.js';
import { orchestratedSaga } from './orchestrated-saga.js';
import { phasedSaga } from './phased-sagas.js';
import { threePhaseCommit } from './three-phase-commit.js';
import { tryConfirmCancel } from './try-confirm-cancel.js';
import { twoPhaseCommit } from './two-phase-commit.js';
import { validatedSaga } from './validated-sagas.js';

const NO_FAULT = { orders: 1, pieces: 1, sharesLog: false, deaths: 0, cuts: 0, late: 0 };
const SLOW_MS = 60_000;

/** The protocol with a faulty coordinator when it processes an order, or when it resumes. */
const carrying = (protocol: Protocol, wrong: (my: Coordinator, at: Participants<any>) => Coordinator): Protocol => ({
  ...protocol,
  carry: (request, at, my) => protocol.carry(request, at, wrong(my, at)),
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
const taking = (protocol: Protocol, wrong: (here: Here, right: any) => object): Protocol => ({
  ...protocol,
  participant: (here) => ({ ...protocol.participant(here), ...wrong(here, protocol.participant(here)) }),
});

const [TWO, THREE] = [twoPhaseCommit(), threePhaseCommit('abort')];
const TCC = tryConfirmCancel(15_000);
const ONE_AND_A_HALF = phasedSaga('1.5PS');
const THREE_PHASES = validatedSaga('3PS', { expiryMs: 15_000, verifyAfterMs: 0 });
const TWO_PHASES = phasedSaga('2PS');
/** A coordinator whose book has no effect for one kind of records. */
const without = (my: Coordinator, kind: string): Coordinator => ({
  ...my,
  transaction: (work) =>
    my.transaction((book) =>
      work({
        records: <T>(each: string) =>
          each === kind
            ? {
                ...book.records<T>(each),
                insert: async () => true,
                replace: async () => true,
                delete: async () => true,
              }
            : book.records<T>(each),
      }),
    ),
});

/** Protocols with one safeguard removed, and the faults under which the exploration must detect it. */
const MUTANTS: Readonly<Record<string, readonly [Protocol, Partial<Exploration>]>> = {
  'two-phase commit that finishes before it writes the log': [
    carrying(TWO, (my, at) =>
      deciding(my, async (tx, wish) => {
        await everywhere<any, unknown>(at, (each) => each.finish(tx, wish));
        return my.decisions.decide(tx, wish);
      }),
    ),
    { deaths: 1 },
  ],
  'two-phase commit that writes no log': [carrying(TWO, (my) => deciding(my, async (_, wish) => wish)), { deaths: 1 }],
  'two-phase commit that ignores an earlier decision in the log': [
    carrying(TWO, (my) => deciding(my, async (tx, wish) => (await my.decisions.decide(tx, wish)) && wish)),
    { sharesLog: true, late: 2 },
  ],
  'two-phase commit that resumes without reading the log': [
    resuming(TWO, (my) => deciding(my, async () => 'abort' as Decision)),
    { deaths: 1 },
  ],
  'two-phase commit that commits transactions in doubt': [
    resuming(TWO, (my) => deciding(my, (tx) => my.decisions.decide(tx, 'commit'))),
    { deaths: 1 },
  ],
  'two-phase commit that never resumes, so a late prepare stays': [
    { ...TWO, resume: undefined } as unknown as Protocol,
    { late: 1 },
  ],
  'two-phase commit that resumes transactions of other coordinators from its own log': [
    resuming(TWO, (my) => ({ ...my, decisions: { ...my.decisions, covers: () => true } })),
    { deaths: 1 },
  ],
  'two-phase commit whose participants commit instead of preparing': [
    taking(TWO, (here) => ({
      prepare: (_: string, steps: any, heard: object) => here.transaction((local) => forward(local, steps, heard)),
    })),
    { orders: 2 },
  ],
  'two-phase commit that counts a vote no as yes': [
    taking(TWO, (_, right) => ({
      prepare: (tx: string, steps: any, heard: object) => right.prepare(tx, steps, heard).catch(() => heard),
    })),
    { orders: 2 },
  ],
  'three-phase commit without a record of the commit': [
    taking(THREE, (here) => ({
      canCommit: (tx: string, steps: any, heard: object) =>
        here.transaction((local) => forward(local, steps, heard), tx),
    })),
    { deaths: 1 },
  ],
  'three-phase commit whose participants abort without querying peers': [
    {
      ...THREE,
      sweep: async (here) =>
        void (await Promise.all((await here.inDoubt()).map(({ name }) => here.finish(name, 'abort')))),
    },
    { deaths: 1 },
  ],
  'three-phase commit whose participants commit without querying peers': [
    {
      ...THREE,
      sweep: async (here) =>
        void (await Promise.all((await here.inDoubt()).map(({ name }) => here.finish(name, 'commit')))),
    },
    { deaths: 1 },
  ],
  'an orchestrated saga that stores no record': [
    carrying(orchestratedSaga, (my) => without(my, 'sagas')),
    { deaths: 1 },
  ],
  'an orchestrated saga that never resumes': [{ ...orchestratedSaga, resume: async () => {} }, { deaths: 1 }],
  'try-confirm-cancel without an expiry in the transaction of the try': [
    taking(TCC, (here) => ({
      try: (_: string, heard: object) => here.transaction((local) => forward(local, [STEPS[here.service].try], heard)),
    })),
    { deaths: 1 },
  ],
  'try-confirm-cancel that stores no decision': [carrying(TCC, (my) => without(my, 'tcc')), { deaths: 1 }],
  'try-confirm-cancel that cancels without a tombstone': [
    taking({ ...TCC, sweep: async () => {} }, (here, right) => ({
      cancel: async (id: string, order: object, reason: string) => {
        if (await here.transaction((local) => local.records('expiring').get(id))) await right.cancel(id, order, reason);
      },
    })),
    { late: 1 },
  ],
  '3PS that accepts a claim after the cancellation of its order': [
    taking(THREE_PHASES, (here) => ({
      hold: ({ orderId, items: [{ sku, quantity }] }: any) =>
        here.transaction((local) => local.records('claims').insert(orderId, { sku, quantity, nth: 1 })),
    })),
    { late: 1 },
  ],
  '1.5PS that never confirms the orders that it has answered': [{ ...ONE_AND_A_HALF, resume: async () => {} }, {}],
  '1.5PS that answers without a record of its decision': [
    carrying(ONE_AND_A_HALF, (my) => without(my, 'under way in 1.5PS')),
    {},
  ],
  '2PS that never resumes': [{ ...TWO_PHASES, resume: async () => {} }, { deaths: 1 }],
  '2PS that records nothing': [carrying(TWO_PHASES, (my) => without(my, 'under way in 2PS')), { deaths: 1 }],
  '2PS whose order service does not record its first answer': [
    taking(TWO_PHASES, (here) => ({
      try: (order: object) => here.transaction((local) => forward(local, [STEPS[here.service].try], order)),
    })),
    { deaths: 1 },
  ],
  '2PS that confirms although another coordinator has cancelled': [
    carrying(TWO_PHASES, (my) => ({
      ...my,
      transaction: (work) =>
        my.transaction((book) =>
          work({
            records: <T>(kind: string) => {
              const records = book.records<T>(kind);
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
  ],
};

describe('a protocol without one of its safeguards', () => {
  it.each(Object.entries(MUTANTS))(
    'is detected: %s',
    async (_, [protocol, faults]) => {
      const { broken } = await walk({ ...NO_FAULT, ...faults, protocol }, 1_000, { toFirst: true });
      expect(broken.map(({ promise }) => promise)).not.toEqual([]);
    },
    SLOW_MS,
  );
});
