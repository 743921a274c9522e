import type { Assignment } from './bench-case.js';

const MS_PER_MINUTE = 60_000;

/**
 * The run numbers: the requested or the usual number of runs. Without a request, a run does not start if it would exceed
 * `minutes`, estimated from the previous runs. The first run always starts.
 */
export function* runsOf(
  { runs, quick, print }: Pick<Assignment, 'runs' | 'quick' | 'print'>,
  usual: number,
  minutes: number,
  now: () => number = Date.now,
): Generator<number> {
  const began = now();
  const most = runs ?? (quick ? 1 : usual);
  for (let run = 1; run <= most; run++) {
    const expectedMs = run === 1 ? 0 : ((now() - began) / (run - 1)) * run;
    if (runs === undefined && expectedMs > minutes * MS_PER_MINUTE) {
      print(`  run ${run} of ${most} skipped: the case would exceed ${minutes} minutes`);
      return;
    }
    yield run;
  }
}
