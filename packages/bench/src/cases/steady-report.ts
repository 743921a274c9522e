import type { Side } from '../cli/options.js';
import type { Findings, Target } from '../report/case-result.js';
import { number, rounded } from '../report/words.js';
import type { Reference } from '../systems/shop.js';
import type { Steady } from './steady-run.js';

/** A system measured at several rates. */
export type System = Side | Reference;

/** The targets per rate, in milliseconds and cores. */
const WANTED: Readonly<Record<number, { readonly p50?: number; readonly p99?: number; readonly cpuCores?: number }>> = {
  10: { p50: 25, p99: 50, cpuCores: 0.35 },
  30: { p50: 25, p99: 60, cpuCores: 0.8 },
  300: { p50: 60, p99: 150, cpuCores: 1.4 },
  1000: { p99: 1_000 },
};
/**
 * The results of two-phase commit on the machine for which the targets were set (2026-11-28). On another machine, the target is the same
 * multiple of two-phase commit in the same run.
 */
const TWO_PHASE_COMMIT_THERE: Readonly<Record<number, Readonly<Record<keyof typeof UNITS, number>>>> = {
  30: { p50: 5, p99: 10, cpuCores: 0.18 },
  300: { p50: 4, p99: 79, cpuCores: 1 },
};
const UNITS = { p50: 'ms', p99: 'ms', cpuCores: 'cores' } as const;

/** The results of one system at all its rates. */
export interface SteadySystem {
  readonly system: System;
  readonly rates: readonly Steady[];
}

/** Combines the medians into the result of the case. */
export function steadyResult(
  systems: readonly SteadySystem[],
  runs: Readonly<Record<string, readonly (readonly Steady[])[]>>,
): Findings {
  const ratesOf = (wanted: System) => systems.find(({ system }) => system === wanted)?.rates ?? [];
  const at = (wanted: System, rate: number) => ratesOf(wanted).find(({ ratePerSecond }) => ratePerSecond === rate);
  const rows = systems.flatMap(({ system, rates }) => rates.map((each) => ({ system, ...each })));
  return {
    how: [
      'Open loop: every order has a due time. Latency is measured from the due time (not the send time) to the commit that ends the order, by the database’s commit timestamp. Percentiles are exact, over all orders.',
      'Of 100 orders, inventory refuses two and payment one. CPU is that of all processes during the load, including the broker. Each rate has three seconds of warm-up and thirty seconds of measurement. Before the first, every system but the baseline drains 5,000 orders, and every system carries 30 orders/s for a minute: a drain alone compiles only the code of full batches.',
      '“six-transactions” is one process that runs six plain transactions in four databases in sequence, without recovery: a crash leaves an order incomplete. “two-phase-commit” is one process that prepares in four databases concurrently, commits its decision to a log and finishes. “events-without-outbox” is the six transactions in four processes with one record between them, committed and then published, without outbox, inbox, deadlines and follow-up steps: a crash loses an order. It is the price of the processes, transactions and records of a choreography on this machine.',
      '“events-with-outbox” has the guarantees, the eight steps and the topics of the shop in their smallest form, written directly on kafkajs and pg: inbox, outbox, deadline. The difference to “events-without-outbox” is the price of the guarantees, the follow-up steps and kafkajs; the difference of the shop to it is ours.',
      'All are measured in the same run on separate servers; the last two columns are relative to “two-phase-commit” and “events-with-outbox”. The baseline is measured at the one rate that it sustains. The targets at 30 and 300 orders/s are also given as multiples of two-phase commit, which took 5 and 4 ms at the median, 10 and 79 ms at p99, and 0.18 and 1.0 cores on the machine for which they were set.',
    ],
    ...Object.fromEntries(
      systems.map(({ system, rates }) => [
        system === 'quadrille' ? 'rates' : system,
        Object.fromEntries(rates.map((each) => [each.ratePerSecond, each])),
      ]),
    ),
    runs,
    targets: ratesOf('quadrille').flatMap((rate) => [
      ...targetsOf(rate),
      ...relativeTargetsOf(rate, at('two-phase-commit', rate.ratePerSecond)),
    ]),
    tables: [
      {
        columns: [
          '',
          'orders/s',
          'p50 ms',
          'p95 ms',
          'p99 ms',
          'max ms',
          'CPU cores',
          'CPU µs/saga',
          'p50 × 2PC',
          'CPU × with outbox',
        ],
        rows: rows.map(({ system, ratePerSecond, p50, p95, p99, max, cpuCores, cpuMicrosPerSaga }) => {
          const twoPhaseCommit = at('two-phase-commit', ratePerSecond);
          const events = at('events-with-outbox', ratePerSecond);
          const figures = [ratePerSecond, p50, p95, p99, max, cpuCores, cpuMicrosPerSaga].map(number);
          const ratios = [
            twoPhaseCommit && p50 / twoPhaseCommit.p50,
            events && cpuMicrosPerSaga / events.cpuMicrosPerSaga,
          ];
          return [system, ...figures, ...ratios.map((ratio) => (ratio === undefined ? '–' : number(ratio)))];
        }),
      },
    ],
    charts: [
      {
        title: 'Steady load: p50 from due time to end',
        unit: 'ms',
        bars: rows.map(({ system, ratePerSecond, p50, p99 }) => ({
          label: `${system}, ${number(ratePerSecond)}/s`,
          value: p50,
          low: p50,
          high: p99,
        })),
      },
    ],
  };
}

type Figure = keyof typeof UNITS;

/** The targets of a rate: figure, maximum and name. */
function wantedAt(rate: number): { readonly figure: Figure; readonly most: number; readonly what: string }[] {
  const wanted = WANTED[rate] ?? {};
  return (Object.keys(UNITS) as Figure[]).flatMap((figure) => {
    const most = wanted[figure];
    if (most === undefined) return [];
    return [{ figure, most, what: `${figure === 'cpuCores' ? 'CPU' : figure} at ${number(rate)} orders/s` }];
  });
}

const targetsOf = (rate: Steady): Target[] =>
  wantedAt(rate.ratePerSecond).map(({ figure, most, what }) => ({
    what,
    wanted: `≤ ${most} ${UNITS[figure]}`,
    measured: `${number(rate[figure])} ${UNITS[figure]}`,
    met: rate[figure] <= most,
  }));

function relativeTargetsOf(rate: Steady, twoPhaseCommit: Steady | undefined): Target[] {
  const there = TWO_PHASE_COMMIT_THERE[rate.ratePerSecond];
  if (!there || !twoPhaseCommit) return [];
  return wantedAt(rate.ratePerSecond).map(({ figure, most, what }) => {
    const [multiple, measured] = [rounded(most / there[figure]), rounded(rate[figure] / twoPhaseCommit[figure])];
    return {
      what: `${what}, relative to two-phase commit in the same run`,
      wanted: `≤ ${number(multiple)} ×`,
      measured: `${number(measured)} ×`,
      met: measured <= multiple,
    };
  });
}
