import { type Figures, figuresOf } from '../measure/figures.js';
import type { Findings } from '../report/case-result.js';
import { number } from '../report/words.js';
import { startQuadrille } from '../systems/quadrille.js';
import { withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';
import { drain } from './drain-run.js';

const LOAD = { orders: 10_000, warmUp: 5_000 };
const QUICK = { orders: 200, warmUp: 100 };
/** Instances per service and partitions per topic. */
const SHAPES = [
  { instances: 1, partitions: 6 },
  { instances: 1, partitions: 12 },
  { instances: 1, partitions: 24 },
  { instances: 2, partitions: 6 },
  { instances: 2, partitions: 12 },
  { instances: 4, partitions: 12 },
  { instances: 4, partitions: 24 },
] as const;
const QUICK_SHAPES = [{ instances: 2, partitions: 6 }] as const;

/** The cost of more instances and partitions. */
export const scaleCase: BenchCase = {
  name: 'scale',
  what: 'the drain with 1, 2 and 4 instances of each service and 6, 12 and 24 partitions',
  run: runScale,
};

type Scaled = Figures & { readonly instances: number; readonly partitions: number };

async function runScale({ quick, orders, runs, print }: Assignment): Promise<Findings> {
  const load = quick ? QUICK : { ...LOAD, orders: orders ?? LOAD.orders };
  const found: Scaled[] = [];
  for (let run = 1; run <= (runs ?? 1); run++) {
    for (const shape of quick ? QUICK_SHAPES : SHAPES) {
      const figures = await withStarted(async (started) =>
        figuresOf(await drain(await startQuadrille(started, shape), load)),
      );
      print(`scale, ${nameOf(shape)}: ${number(figures.sagasPerSecond)} sagas/s`);
      found.push({ ...shape, ...figures });
    }
  }
  return {
    how: [
      `1, 2 and 4 instances of each of the four services drain ${number(load.orders)} orders. Everything shares the cores of one machine: with two cores, the figures show the cost of more instances and partitions, not the gain.`,
      'One run each, unless --runs is set.',
    ],
    orders: load.orders,
    shapes: found,
    targets: [],
    tables: [
      {
        columns: ['', 'sagas/s', 'CPU µs/saga', 'SQL statements/saga', 'Kafka requests/saga'],
        rows: found.map((each) => [
          nameOf(each),
          ...[each.sagasPerSecond, each.cpuMicrosPerSaga, each.statementsPerSaga, each.kafkaRequestsPerSaga].map(
            number,
          ),
        ]),
      },
    ],
    charts: [
      {
        title: 'Scale: sagas per second',
        unit: 'sagas/s',
        bars: found.map((each) => ({ label: nameOf(each), value: each.sagasPerSecond })),
      },
    ],
  };
}

const nameOf = ({ instances, partitions }: { instances: number; partitions: number }): string =>
  `${instances} × each, ${partitions} partitions`;
