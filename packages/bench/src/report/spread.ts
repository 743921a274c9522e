/** Several runs of one figure. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Median, smallest and largest; of an even number of runs the lower of the two in the middle, which was really measured. */
export function spreadOf(runs: readonly number[]): Spread {
  if (runs.length === 0) throw new Error('There is no spread of no runs.');
  const sorted = [...runs].sort((a, b) => a - b);
  return { median: sorted[(sorted.length - 1) >> 1]!, min: sorted[0]!, max: sorted.at(-1)! };
}

/** The run whose figure is the median: all its other figures belong together. */
export function medianRun<Run>(runs: readonly Run[], figure: (run: Run) => number): Run {
  const sorted = [...runs].sort((a, b) => figure(a) - figure(b));
  const middle = sorted[(sorted.length - 1) >> 1];
  if (!middle) throw new Error('There is no median of no runs.');
  return middle;
}

/** The value that this share of all values does not exceed (nearest rank), exactly; `share` from 0 to 1. */
export function percentile(sorted: readonly number[] | Float64Array, share: number): number {
  if (sorted.length === 0) throw new Error('There is no percentile of no values.');
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))]!;
}
