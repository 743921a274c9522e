import type { Side } from '../cli/options.js';
import type { Findings } from '../report/case-result.js';
import { medianRun } from '../report/spread.js';
import { startReference } from '../systems/reference.js';
import { demandPromises, type Reference, type Shop } from '../systems/shop.js';
import { type Started, withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';
import { prepared } from './drain-run.js';
import { runsOf } from './runs-of.js';
import { startSide } from './start-side.js';
import { type System, steadyResult } from './steady-report.js';
import { type Steady, steady, warmUp } from './steady-run.js';

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
    if (!quick) await warmUp(shop, { drains: system !== 'baseline' });
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
