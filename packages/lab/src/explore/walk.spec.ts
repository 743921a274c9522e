import { describe, expect, it } from '@jest/globals';
import { orchestratedSaga } from '../protocols/orchestrated-saga.js';
import { phasedSaga } from '../protocols/phased-sagas.js';
import { threePhaseCommit } from '../protocols/three-phase-commit.js';
import { tryConfirmCancel } from '../protocols/try-confirm-cancel.js';
import { twoPhaseCommit } from '../protocols/two-phase-commit.js';
import { unprotected } from '../protocols/unprotected.js';
import { type Validated, validatedSaga } from '../protocols/validated-sagas.js';
import type { Exploration } from './explore.js';
import { walk } from './walk.js';

const NO_FAULT = { orders: 1, pieces: 1, sharesLog: false, deaths: 0, cuts: 0, late: 0 };
type Walk = Omit<Exploration, 'bound'>;
const exploration = (changes: Partial<Walk> & Pick<Walk, 'protocol'>): Walk => ({
  ...NO_FAULT,
  ...changes,
});
const promises = ({ broken }: { broken: readonly { promise: string }[] }) =>
  broken.map(({ promise }) => promise.slice(0, 2));

/** For a promise that must break: the walk ends there. */
const FIRST = { toFirst: true };

// A generous limit for loaded machines; no spec here waits for wall-clock time.
const SLOW_MS = 60_000;

describe('a random walk', () => {
  it(
    'finds no violation in two-phase commit with a crash, a partition and messages after a timeout',
    async () => {
      const faults = { deaths: 1, cuts: 1, late: 2 };
      expect((await walk(exploration({ protocol: twoPhaseCommit(), ...faults }), 300)).broken).toEqual([]);
      expect((await walk(exploration({ protocol: twoPhaseCommit(), ...faults, sharesLog: true }), 300)).broken).toEqual(
        [],
      );
    },
    SLOW_MS,
  );

  it(
    'finds no violation in commit protocols whose participants vote at once',
    async () => {
      const two = exploration({ protocol: twoPhaseCommit('parallel'), orders: 2, deaths: 1, late: 1 });
      expect((await walk(two, 100)).broken).toEqual([]);
      const three = exploration({ protocol: threePhaseCommit('abort', 'parallel'), orders: 2, deaths: 1 });
      expect((await walk(three, 100)).broken).toEqual([]);
    },
    SLOW_MS,
  );

  it.each([
    ['in order', false],
    ['parallel', true],
  ] as const)(
    'finds that two orders wait for each other if participants vote at once, and only then: %s',
    async (voting, isFound) => {
      const protocol = twoPhaseCommit(voting);
      const reasons = new Set<string>();
      const participant: typeof protocol.participant = (context) => {
        const verbs = protocol.participant(context);
        return {
          ...verbs,
          refuse: (request, reason) => verbs.refuse(request, reason).then(() => void reasons.add(reason)),
        };
      };
      await walk(exploration({ protocol: { ...protocol, participant }, orders: 2, pieces: 2 }), 200);
      expect([...reasons]).toEqual(isFound ? ['lock-timeout'] : []);
    },
    SLOW_MS,
  );

  it.each(['abort', 'commit'] as const)(
    'shows that three-phase commit (%s) survives a single crash',
    async (variant) => {
      const found = await walk(exploration({ protocol: threePhaseCommit(variant), deaths: 1 }), 300);
      expect(found).toEqual({ broken: [] });
    },
    SLOW_MS,
  );

  it.each(['abort', 'commit'] as const)(
    'shows that a partition or a late message splits three-phase commit (%s)',
    async (variant) => {
      const protocol = threePhaseCommit(variant);
      expect(promises(await walk(exploration({ protocol, cuts: 1 }), 4_000, FIRST))).toContain('7.');
      expect(promises(await walk(exploration({ protocol, late: 1 }), 4_000, FIRST))).toContain('7.');
    },
    SLOW_MS,
  );

  it.each([{ deaths: 1 }, { cuts: 1 }, { late: 1 }, { orders: 2 }])(
    'finds no violation in the orchestrated saga with %j',
    async (faults) => {
      expect(await walk(exploration({ protocol: orchestratedSaga, ...faults }), 100)).toEqual({ broken: [] });
    },
    SLOW_MS,
  );

  it.each([{ deaths: 1 }, { cuts: 1 }, { orders: 2 }])(
    'finds no violation in try-confirm-cancel with %j',
    async (faults) => {
      expect(await walk(exploration({ protocol: tryConfirmCancel(15_000), ...faults }), 100)).toEqual({ broken: [] });
    },
    SLOW_MS,
  );

  it(
    'shows that try-confirm-cancel needs an operator if a reservation expires after the decision',
    async () => {
      const found = await walk(exploration({ protocol: tryConfirmCancel(15_000), late: 1 }), 300);
      expect(promises(found)).toContain('3.');
    },
    SLOW_MS,
  );

  it(
    'finds that half a phase completes orders without goods',
    async () => {
      const found = await walk(exploration({ protocol: phasedSaga('0.5PS'), orders: 2 }), 100, FIRST);
      expect(promises(found)).toContain('7.');
    },
    SLOW_MS,
  );

  const validated = (kind: Validated, expiryMs = 15_000) => validatedSaga(kind, { expiryMs, verifyAfterMs: 200 });
  it.each([phasedSaga('1.5PS'), phasedSaga('2PS'), validated('3PS'), validated('2PS-OV')])(
    'finds nothing in $name with two orders, a death or a partition',
    async (protocol) => {
      for (const faults of [{ orders: 2 }, { deaths: 1 }, { cuts: 1 }]) {
        expect([faults, await walk(exploration({ protocol, ...faults }), 25)]).toEqual([faults, { broken: [] }]);
      }
    },
    SLOW_MS,
  );

  it(
    'finds no claim of 3PS that arrives after the cancellation of its order and remains',
    async () => {
      expect(await walk(exploration({ protocol: validated('3PS'), late: 1 }), 300)).toEqual({ broken: [] });
    },
    SLOW_MS,
  );

  it(
    'shows that two unordered claims can both be valid as the first',
    async () => {
      const found = await walk(exploration({ protocol: validated('3PS-unordered'), orders: 2 }), 400, FIRST);
      expect(promises(found)).toContain('7.');
    },
    SLOW_MS,
  );

  it(
    'finds the same violations by the same moves for the same seed',
    async () => {
      const once = await walk(exploration({ protocol: unprotected, orders: 2 }), 20, { seed: 7 });
      expect(await walk(exploration({ protocol: unprotected, orders: 2 }), 20, { seed: 7 })).toEqual(once);
    },
    SLOW_MS,
  );
});
