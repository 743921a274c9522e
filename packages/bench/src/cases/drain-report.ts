import type { Side } from '../cli/options.js';
import type { Figures } from '../measure/figures.js';
import type { Table, Target } from '../report/case-result.js';
import type { Spread } from '../report/spread.js';
import { number, withSpread } from '../report/words.js';
import type { DrainLoad } from './drain-run.js';

const RATIO_WANTED = 50;
const CPU_MICROS_WANTED = 1_200;
const SAGAS_PER_SECOND_GUIDE = 5_000;

/** One side of a drain: the median run, and how the runs spread. */
export interface DrainedSide {
  readonly side: Side;
  readonly figures: Figures;
  readonly spread: Spread;
}

export const drainHow = (ours: DrainLoad, baseline: DrainLoad): string[] => [
  `${number(ours.orders)} orders (the baseline: ${number(baseline.orders)}, which take it longer) are placed over HTTP while payment takes nothing from the orders' topic; then it is let go.`,
  'Of a hundred orders two are refused at inventory, one at payment, and one is cancelled by its customer over HTTP while the others run.',
  'The rate counts until the last order has ended, by the database’s own time of that commit. CPU counts until everything is at rest, what comes afterwards (stock committed, parcels dispatched) included.',
  `Before it, the same processes have drained ${number(ours.warmUp)} orders of the same kinds unmeasured (the baseline ${number(baseline.warmUp)}). Each run starts fresh processes on empty databases and topics; the sides take turns.`,
];

/** What the drain has to reach. */
export const drainTargets = (ours: Figures, ratio: number | undefined): Target[] => [
  ...(ratio === undefined
    ? []
    : [
        {
          what: 'drain against the tutorial way in the same run',
          wanted: `≥ ${RATIO_WANTED} ×`,
          measured: `${number(ratio)} ×`,
          met: ratio >= RATIO_WANTED,
        },
      ]),
  {
    what: 'CPU of a saga over all processes',
    wanted: `≤ ${CPU_MICROS_WANTED} µs`,
    measured: `${number(ours.cpuMicrosPerSaga)} µs`,
    met: ours.cpuMicrosPerSaga <= CPU_MICROS_WANTED,
  },
  {
    what: 'drain (a guide, on a quiet machine of two cores)',
    wanted: `≥ ${number(SAGAS_PER_SECOND_GUIDE)} sagas/s`,
    measured: `${number(ours.sagasPerSecond)} sagas/s`,
    met: ours.sagasPerSecond >= SAGAS_PER_SECOND_GUIDE,
  },
];

/** The comparison, and what each process took. */
export function drainTables(sides: readonly DrainedSide[], whole: Figures | undefined): Table[] {
  const line = (name: string, rate: string, figures: Figures) => [
    name,
    rate,
    number(figures.cpuMicrosPerSaga),
    number(figures.statementsPerSaga),
    number(figures.kafkaRequestsPerSaga),
  ];
  const columns = [
    ...sides.map(({ side, figures }) => ({ name: side, figures })),
    ...(whole ? [{ name: 'with storefront, notification', figures: whole }] : []),
  ];
  const names = [...new Set(columns.flatMap(({ figures }) => Object.keys(figures.cpuMicrosByProcess)))];
  const cell = ({ cpuMicrosByProcess, memoryMegabytesByProcess }: Figures, name: string) =>
    cpuMicrosByProcess[name] === undefined
      ? '–'
      : `${number(cpuMicrosByProcess[name])} µs, ${number(memoryMegabytesByProcess[name] ?? 0)} MB`;
  return [
    {
      columns: ['', 'sagas/s', 'CPU µs/saga', 'SQL statements/saga', 'Kafka requests/saga'],
      rows: [
        ...sides.map(({ side, figures, spread }) => line(side, withSpread(spread), figures)),
        ...(whole ? [line('with storefront, notification', number(whole.sagasPerSecond), whole)] : []),
      ],
    },
    {
      columns: ['CPU a saga, memory of', ...columns.map(({ name }) => name)],
      rows: names.map((name) => [name, ...columns.map(({ figures }) => cell(figures, name))]),
    },
  ];
}
