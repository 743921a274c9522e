import type { Side } from '../cli/options.js';
import type { Findings } from '../report/case-result.js';
import { medianRun } from '../report/spread.js';
import { demandPromises } from '../systems/shop.js';
import { withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';
import { drainHeld, prepared } from './drain-run.js';
import { runsOf } from './runs-of.js';
import { startSide } from './start-side.js';
import { steadyResult } from './steady-report.js';
import { type Steady, steady } from './steady-run.js';

const RATES: Readonly<Record<Side, readonly number[]>> = { quadrille: [30, 300, 1_000], baseline: [30] };
const SECONDS = 30;
const MINUTES = 7;
const RUNS: Readonly<Record<Side, number>> = { quadrille: 2, baseline: 1 };
const QUICK = { rates: { quadrille: [30], baseline: [5] }, seconds: 3 } as const;
/** Drained first: it warms up, and its rate is the maximum that the last rate is half of. */
const MAXIMUM_OF = { warmUp: 5_000, orders: 10_000 };
const HALF = 0.5;

/** How long an order takes when nothing is piled up. */
export const steadyCase: BenchCase = {
  name: 'steady',
  what: 'orders at 30, 300, 1,000 a second and half the maximum: latency from due to ended, and CPU',
  run: runSteady,
};

async function runSteady(assignment: Assignment): Promise<Findings> {
  const { sides, quick, say } = assignment;
  const found: Record<Side, Steady[][]> = { quadrille: [], baseline: [] };
  for (const run of runsOf(assignment, RUNS.quadrille, MINUTES)) {
    for (const side of sides) {
      if (run > (assignment.runs ?? (quick ? 1 : RUNS[side]))) continue;
      const rates = await oneRun(side, assignment);
      for (const each of rates) {
        say(
          `steady ${run}, ${side} at ${each.ratePerSecond}/s: p50 ${each.p50} ms, p99 ${each.p99} ms, ${each.cpuCores} cores`,
        );
      }
      found[side].push(rates);
    }
  }
  const medians = sides.map((side) => ({ side, rates: medianOfEach(found[side]) }));
  return steadyResult(medians, found);
}

function oneRun(side: Side, { quick }: Assignment): Promise<Steady[]> {
  return withStarted(async (started) => {
    const shop = await startSide(side, started);
    const rates: number[] = [...(quick ? QUICK.rates : RATES)[side]];
    await prepared(shop);
    if (side === 'quadrille' && !quick) {
      await drainHeld(shop, MAXIMUM_OF, MAXIMUM_OF.warmUp);
      const { sagasPerSecond } = await drainHeld(shop, MAXIMUM_OF, MAXIMUM_OF.orders);
      rates.push(Math.round(sagasPerSecond * HALF));
    }
    const measured: Steady[] = [];
    for (const rate of rates) measured.push(await steady(shop, rate, quick ? QUICK.seconds : SECONDS));
    await demandPromises(shop);
    return measured;
  });
}

/** Of each rate the run with the median p99; the last rate differs a little between runs, and stands at its place. */
function medianOfEach(runs: readonly (readonly Steady[])[]): Steady[] {
  return runs[0]!.map((_, at) =>
    medianRun(
      runs.map((rates) => rates[at]!),
      ({ p99 }) => p99,
    ),
  );
}
