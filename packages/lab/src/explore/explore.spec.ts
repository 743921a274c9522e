import { describe, expect, it } from '@jest/globals';
import { twoPhaseCommit } from '../protocols/two-phase-commit.js';
import { unprotected } from '../protocols/unprotected.js';
import { type Exploration, explore } from './explore.js';

const NO_FAULT = { orders: 1, pieces: 1, sharesLog: false, deaths: 0, cuts: 0, late: 0, bound: 5_000 };
const exploration = (changes: Partial<Exploration> & Pick<Exploration, 'protocol'>): Exploration => ({
  ...NO_FAULT,
  ...changes,
});
const promises = ({ broken }: { broken: readonly { promise: string }[] }) =>
  broken.map(({ promise }) => promise.slice(0, 2));

// A generous limit for loaded machines; no spec here waits for wall-clock time.
const SLOW_MS = 60_000;

describe('the exploration', () => {
  it(
    'detects that the control sells one piece twice to two orders',
    async () => {
      const found = await explore(exploration({ protocol: unprotected, orders: 2 }));
      expect(found.complete).toBe(true);
      expect(promises(found)).toEqual(expect.arrayContaining(['4.', '5.']));
      expect(found.broken.find(({ promise }) => promise.startsWith('4.'))!.story.length).toBeLessThanOrEqual(16);
    },
    SLOW_MS,
  );

  it(
    'shows that two-phase commit breaks no promise and blocks while its coordinator is down',
    async () => {
      const found = await explore(exploration({ protocol: twoPhaseCommit(), deaths: 1 }));
      expect(found).toMatchObject({ complete: true, broken: [] });
      expect(found.blocked?.why).toMatch(/hold locks until coordinator-1 restarts/);
    },
    SLOW_MS,
  );

  it(
    'shows that two-phase commit on a shared log breaks no promise and does not block',
    async () => {
      const found = await explore(exploration({ protocol: twoPhaseCommit(), deaths: 1, sharesLog: true }));
      expect(found).toMatchObject({ complete: true, broken: [] });
      expect(found.blocked).toBeUndefined();
    },
    SLOW_MS,
  );
});
