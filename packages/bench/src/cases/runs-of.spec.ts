import { describe, expect, it } from '@jest/globals';
import { runsOf } from './runs-of.js';

/** The runs that take place when each takes so many minutes. */
function runs(asked: { runs?: number; quick?: boolean }, minutesEach: number): number[] {
  let now = 0;
  const found: number[] = [];
  const assignment = { runs: asked.runs, quick: asked.quick ?? false, say: () => {} };
  for (const run of runsOf(assignment, 3, 4, () => now)) {
    found.push(run);
    now += minutesEach * 60_000;
  }
  return found;
}

describe('the runs of a case', () => {
  it('are as many as usual on a machine that is fast enough', () => {
    expect(runs({}, 1)).toEqual([1, 2, 3]);
  });

  it('are fewer where the next would take too long, but never none', () => {
    expect(runs({}, 1.5)).toEqual([1, 2]);
    expect(runs({}, 10)).toEqual([1]);
  });

  it('are as many as are asked for, however long they take', () => {
    expect(runs({ runs: 5 }, 10)).toEqual([1, 2, 3, 4, 5]);
  });

  it('are one when it is to be quick', () => {
    expect(runs({ quick: true }, 0)).toEqual([1]);
  });
});
