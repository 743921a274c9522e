/** The spread of one figure over several runs. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Median, minimum and maximum. For an even number of runs, the median is the lower of the two middle values, which was measured. */
export function spreadOf(runs: readonly number[]): Spread {
  if (runs.length === 0) throw new Error('No spread: no runs.');
  const sorted = [...runs].sort((a, b) => a - b);
  return { median: sorted[(sorted.length - 1) >> 1]!, min: sorted[0]!, max: sorted.at(-1)! };
}

/** The run with the median figure, so that all reported figures are of one run. */
export function medianRun<Run>(runs: readonly Run[], figure: (run: Run) => number): Run {
  const sorted = [...runs].sort((a, b) => figure(a) - figure(b));
  const middle = sorted[(sorted.length - 1) >> 1];
  if (!middle) throw new Error('No median: no runs.');
  return middle;
}

/** The exact percentile (nearest rank) of sorted values; `share` from 0 to 1. */
export function percentile(sorted: readonly number[] | Float64Array, share: number): number {
  if (sorted.length === 0) throw new Error('No percentile: no values.');
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))]!;
}
