import { setTimeout as pause } from 'node:timers/promises';
import type { Side } from '../cli/options.js';
import { openLoop } from '../load/open-loop.js';
import type { Findings } from '../report/case-result.js';
import { medianRun } from '../report/spread.js';
import { startReference } from '../systems/reference.js';
import { demandPromises, type Reference, type Shop } from '../systems/shop.js';
import { type Started, withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';
import { drainHeld, prepared } from './drain-run.js';
import { runsOf } from './runs-of.js';
import { startSide } from './start-side.js';
import { type System, steadyResult } from './steady-report.js';
import { type Steady, steady } from './steady-run.js';

/**
 * The references run first: the cost of an order without a saga, on this machine at this time. Two-phase commit runs directly before the
 * shop, because the speed of a shared machine varies, and targets are multiples of it.
 */
const REFERENCES: readonly Reference[] = [
  'six-transactions',
  'events-without-outbox',
  'events-with-outbox',
  'two-phase-commit',
];
const RATES_OF_REFERENCES = [10, 30, 100, 300] as const;
const RATES: Readonly<Record<Side, readonly number[]>> = { quadrille: [...RATES_OF_REFERENCES, 1_000], baseline: [30] };
const SECONDS = 30;
const MINUTES = 45;
const RUNS = 2;
const RUNS_OF_BASELINE = 1;
const QUICK = { rates: [10], seconds: 3 } as const;
/** Drained first, so that the JIT compilers are done, as in a service that has run for a while. The baseline would take minutes. */
const WARM_UP = { warmUp: 0, orders: 5_000, cancels: false };
/** Then carried one by one: a drain compiles only the code of full batches. Without it, the shop took 63 ms of CPU per order at the first rate instead of 39. */
const WARM_UP_PER_SECOND = 30;
const WARM_UP_SECONDS = 60;
/** Rest after the drain. Without it, PostgreSQL took 14 ms of CPU per order at the first rate instead of 4, probably to close connections of the pools. */
const POOLS_SHRINK_MS = 12_000;

/** The latency of an order without a backlog. */
export const steadyCase: BenchCase = {
  name: 'steady',
  what: '10, 30, 100, 300 and 1,000 orders per second: latency from due time to end, and CPU, compared with references',
  run: runSteady,
};

async function runSteady(assignment: Assignment): Promise<Findings> {
  const { sides, quick, print } = assignment;
  const systems: readonly System[] = [...(sides.includes('quadrille') ? REFERENCES : []), ...sides];
  const found = Object.fromEntries(systems.map((system) => [system, [] as Steady[][]]));
  for (const run of runsOf(assignment, RUNS, MINUTES)) {
    for (const system of systems) {
      if (run > (assignment.runs ?? (quick ? 1 : system === 'baseline' ? RUNS_OF_BASELINE : RUNS))) continue;
      const rates = await oneRun(system, quick, (each) =>
        print(
          `steady ${run}, ${system} at ${each.ratePerSecond}/s: p50 ${each.p50} ms, p99 ${each.p99} ms, ${each.cpuCores} cores`,
        ),
      );
      found[system]!.push(rates);
    }
  }
  return steadyResult(
    systems.map((system) => ({ system, rates: medianOfEach(found[system]!) })),
    found,
  );
}

function oneRun(system: System, quick: boolean, report: (measured: Steady) => void): Promise<Steady[]> {
  return withStarted(async (started) => {
    const shop = await start(system, started);
    await prepared(shop);
    if (system !== 'baseline' && !quick) {
      await drainHeld(shop, WARM_UP, WARM_UP.orders);
      await pause(POOLS_SHRINK_MS);
    }
    if (!quick) await openLoop(shop.orderUrl, WARM_UP_PER_SECOND, WARM_UP_SECONDS);
    const measured: Steady[] = [];
    for (const rate of quick ? QUICK.rates : ratesOf(system)) {
      measured.push(await steady(shop, rate, quick ? QUICK.seconds : SECONDS));
      report(measured.at(-1)!);
    }
    await demandPromises(shop);
    return measured;
  });
}

const isSide = (system: System): system is Side => system === 'quadrille' || system === 'baseline';

const ratesOf = (system: System): readonly number[] => (isSide(system) ? RATES[system] : RATES_OF_REFERENCES);

const start = (system: System, started: Started): Promise<Shop> =>
  isSide(system) ? startSide(system, started) : startReference(system, started);

/** Per rate, the run with the median p99. */
function medianOfEach(runs: readonly (readonly Steady[])[]): Steady[] {
  return runs[0]!.map((_, at) =>
    medianRun(
      runs.map((rates) => rates[at]!),
      ({ p99 }) => p99,
    ),
  );
}
