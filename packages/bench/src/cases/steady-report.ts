import type { Side } from '../cli/options.js';
import type { Findings, Target } from '../report/case-result.js';
import { number } from '../report/words.js';
import type { Steady } from './steady-run.js';

/** What each rate has to reach: milliseconds and cores. */
const WANTED: Readonly<Record<number, { readonly p50?: number; readonly p99?: number; readonly cpuCores?: number }>> = {
  30: { cpuCores: 0.15 },
  300: { p50: 20, p99: 60, cpuCores: 0.6 },
  1000: { p99: 150 },
};
const UNITS = { p50: 'ms', p99: 'ms', cpuCores: 'cores' } as const;

/** One side at all its rates. */
export interface SteadySide {
  readonly side: Side;
  readonly rates: readonly Steady[];
}

/** Puts the medians together. */
export function steadyResult(
  sides: readonly SteadySide[],
  runs: Record<Side, readonly (readonly Steady[])[]>,
): Findings {
  const ours = sides.find(({ side }) => side === 'quadrille');
  const rows = sides.flatMap(({ side, rates }) => rates.map((each) => ({ side, ...each })));
  return {
    how: [
      'Open loop: every order is due at its own moment, and the latency counts from that moment (not from when it was sent) to the commit that ended it, by the database’s own time. Percentiles are of all orders, sorted, not estimated.',
      'Two of a hundred orders are refused at inventory, one at payment. CPU is that of all processes while the load ran. Each rate runs in for three seconds, then is measured for thirty.',
      'The last rate of ours is half of what the same processes drained just before. The baseline is measured at the one rate it can hold.',
    ],
    rates: Object.fromEntries((ours?.rates ?? []).map((each) => [each.ratePerSecond, each])),
    baseline: Object.fromEntries(
      (sides.find(({ side }) => side === 'baseline')?.rates ?? []).map((each) => [each.ratePerSecond, each]),
    ),
    runs,
    targets: (ours?.rates ?? []).flatMap(targetsOf),
    tables: [
      {
        columns: ['', 'orders/s', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'CPU cores', 'CPU µs/saga'],
        rows: rows.map(({ side, ratePerSecond, p50, p95, p99, max, cpuCores, cpuMicrosPerSaga }) => [
          side,
          ...[ratePerSecond, p50, p95, p99, max, cpuCores, cpuMicrosPerSaga].map(number),
        ]),
      },
    ],
    charts: [
      {
        title: 'Steady load: p99 from due to ended',
        unit: 'ms',
        bars: rows.map(({ side, ratePerSecond, p99 }) => ({
          label: `${side}, ${number(ratePerSecond)}/s`,
          value: p99,
        })),
      },
    ],
  };
}

function targetsOf(rate: Steady): Target[] {
  const wanted = WANTED[rate.ratePerSecond] ?? {};
  return (Object.keys(UNITS) as (keyof typeof UNITS)[]).flatMap((figure) => {
    const most = wanted[figure];
    if (most === undefined) return [];
    const what = `${figure === 'cpuCores' ? 'CPU' : figure} at ${number(rate.ratePerSecond)} orders/s`;
    const unit = UNITS[figure];
    return [
      { what, wanted: `≤ ${most} ${unit}`, measured: `${number(rate[figure])} ${unit}`, met: rate[figure] <= most },
    ];
  });
}
