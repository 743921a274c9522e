import type { Assignment } from './bench-case.js';

const MS_PER_MINUTE = 60_000;

/**
 * The numbers of the runs: as many as are asked for, or else as usual; but when nobody asked, none is begun that would not be over
 * within `minutes`, judged by those before it. The first is always run.
 */
export function* runsOf(
  { runs, quick, say }: Pick<Assignment, 'runs' | 'quick' | 'say'>,
  usual: number,
  minutes: number,
  now: () => number = Date.now,
): Generator<number> {
  const began = now();
  const most = runs ?? (quick ? 1 : usual);
  for (let run = 1; run <= most; run++) {
    const expectedMs = run === 1 ? 0 : ((now() - began) / (run - 1)) * run;
    if (runs === undefined && expectedMs > minutes * MS_PER_MINUTE) {
      say(`  no run ${run} of ${most}: it would take this case over ${minutes} minutes`);
      return;
    }
    yield run;
  }
}
