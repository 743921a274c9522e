import { WITH_DATABASE } from '@quadrille/contracts';
import type { Side } from '../cli/options.js';
import { type Figures, figuresOf } from '../measure/figures.js';
import type { Findings } from '../report/case-result.js';
import { medianRun, spreadOf } from '../report/spread.js';
import { number, rounded } from '../report/words.js';
import { startQuadrille } from '../systems/quadrille.js';
import type { Shop } from '../systems/shop.js';
import { type Started, withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';
import { drainHow, drainTables, drainTargets } from './drain-report.js';
import { type DrainLoad, drain } from './drain-run.js';
import { runsOf } from './runs-of.js';
import { startSide } from './start-side.js';

/**
 * Orders of the measured run and of the warm-up before it, after which the JIT compilers are mostly done. The baseline gets
 * fewer orders: at its rate they take as long.
 */
const LOADS: Readonly<Record<Side, DrainLoad>> = {
  quadrille: { orders: 50_000, warmUp: 10_000 },
  baseline: { orders: 600, warmUp: 800 },
};
const QUICK: Readonly<Record<Side, DrainLoad>> = {
  quadrille: { orders: 300, warmUp: 300 },
  baseline: { orders: 50, warmUp: 50 },
};
const RUNS = 3;
const MINUTES = 4;

/** The rate at which a backlog of orders is completed. */
export const drainCase: BenchCase = {
  name: 'drain',
  what: 'completion of a backlog: sagas per second until all orders have ended',
  run: runDrain,
};

async function runDrain(assignment: Assignment): Promise<Findings> {
  const { sides, quick, print } = assignment;
  const found: Record<Side, Figures[]> = { quadrille: [], baseline: [] };
  for (const run of runsOf(assignment, RUNS, MINUTES)) {
    for (const side of sides) {
      const figures = await measured((started) => startSide(side, started), loadOf(side, assignment));
      print(`drain ${run}, ${side}: ${inShort(figures)}`);
      found[side].push(figures);
    }
  }
  const whole = sides.includes('quadrille') && !quick ? await withEverything(assignment) : undefined;
  return result(found, whole, loadOf('quadrille', assignment), assignment);
}

/** The same with storefront and notification running: one run, reported beside the main figure. */
async function withEverything(assignment: Assignment): Promise<Figures> {
  const start = (started: Started) => startQuadrille(started, { services: WITH_DATABASE });
  const figures = await measured(start, loadOf('quadrille', assignment));
  assignment.print(`drain, with storefront and notification: ${inShort(figures)}`);
  return figures;
}

const measured = (start: (started: Started) => Promise<Shop>, load: DrainLoad): Promise<Figures> =>
  withStarted(async (started) => figuresOf(await drain(await start(started), load)));

const inShort = ({ sagasPerSecond, cpuMicrosPerSaga }: Figures): string =>
  `${number(sagasPerSecond)} sagas/s, ${number(cpuMicrosPerSaga)} µs of CPU per saga`;

function loadOf(side: Side, { quick, orders }: Assignment): DrainLoad {
  const usual = (quick ? QUICK : LOADS)[side];
  if (orders === undefined) return usual;
  const share = side === 'quadrille' ? 1 : LOADS.baseline.orders / LOADS.quadrille.orders;
  const count = Math.min(orders, Math.max(usual.orders, Math.ceil(orders * share)));
  return { orders: count, warmUp: Math.min(count, usual.warmUp) };
}

function result(
  found: Record<Side, Figures[]>,
  whole: Figures | undefined,
  load: DrainLoad,
  assignment: Assignment,
): Findings {
  const sides = assignment.sides.map((side) => {
    const figures = medianRun(found[side], ({ sagasPerSecond }) => sagasPerSecond);
    return { side, figures, spread: spreadOf(found[side].map(({ sagasPerSecond }) => sagasPerSecond)) };
  });
  const ours = sides.find(({ side }) => side === 'quadrille');
  const baseline = sides.find(({ side }) => side === 'baseline');
  const ratio = ours && baseline && rounded(ours.spread.median / baseline.spread.median);
  return {
    how: drainHow(load, loadOf('baseline', assignment)),
    orders: load.orders,
    ...(ratio !== undefined && { ratio }),
    ...(ours ?? baseline)!.figures,
    runs: found,
    ...(ours && baseline && { baseline: baseline.figures }),
    ...(whole && { withStorefrontAndNotification: whole }),
    targets: ours ? drainTargets(ours.figures, ratio) : [],
    tables: drainTables(sides, whole),
    charts: [
      {
        title: 'Drain: sagas per second',
        unit: 'sagas/s',
        bars: sides.map(({ side, spread }) => ({
          label: side,
          value: spread.median,
          low: spread.min,
          high: spread.max,
        })),
      },
      {
        title: 'Drain: CPU per saga',
        unit: 'µs',
        bars: sides.map(({ side, figures }) => ({ label: side, value: figures.cpuMicrosPerSaga })),
      },
    ],
  };
}
