import { describe, expect, it } from '@jest/globals';
import { chaos, draw, RECOVERED_WITHIN_MS } from '@quadrille/chaos';

/**
 * The faults of this seed: all narrow kinds; then kills of a broker and a database, kills and pauses of services, silent
 * connections, a read-only database, and commits in doubt.
 */
const SEED = 395;
const MINUTES = 1.67;
const RATE_PER_SECOND = 3;
/** Includes the start of two instances of each service and the end of the last saga. */
const DONE_WITHIN_MS = 420_000;

describe('a short run of chaos', () => {
  it(
    'breaks no promise, loses no order, and recovers within the limit',
    async () => {
      const report = await chaos({ seed: SEED, minutes: MINUTES, ratePerSecond: RATE_PER_SECOND, say: () => {} });
      console.log(draw(report));
      expect(report.wrong).toEqual([]);
      expect(report.promises.filter(({ holds }) => !holds)).toEqual([]);
      expect(report.promises).toHaveLength(7);
      expect(report.faults.length).toBeGreaterThan(15);
      // Orders next to a locked row and foreign records. A late one would be in `wrong`.
      expect(report.others.judged).toBeGreaterThan(5);
      expect(report.recoveredAfterMs).toBeLessThan(RECOVERED_WITHIN_MS);
    },
    DONE_WITHIN_MS,
  );
});
