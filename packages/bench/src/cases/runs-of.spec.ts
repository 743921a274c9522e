import { describe, expect, it } from '@jest/globals';
import { runsOf } from './runs-of.js';

/** The run numbers, if each run takes `minutesEach` minutes. */
function runs(options: { runs?: number; quick?: boolean }, minutesEach: number): number[] {
  let now = 0;
  const found: number[] = [];
  const assignment = { runs: options.runs, quick: options.quick ?? false, print: () => {} };
  for (const run of runsOf(assignment, 3, 4, () => now)) {
    found.push(run);
    now += minutesEach * 60_000;
  }
  return found;
}

describe('the runs of a case', () => {
  it('are the usual number on a fast machine', () => {
    expect(runs({}, 1)).toEqual([1, 2, 3]);
  });

  it('are fewer if the next one would take too long, but at least one', () => {
    expect(runs({}, 1.5)).toEqual([1, 2]);
    expect(runs({}, 10)).toEqual([1]);
  });

  it('are as many as requested, even if they take longer', () => {
    expect(runs({ runs: 5 }, 10)).toEqual([1, 2, 3, 4, 5]);
  });

  it('are one in quick mode', () => {
    expect(runs({ quick: true }, 0)).toEqual([1]);
  });
});
