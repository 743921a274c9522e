import type { Side } from '../cli/options.js';
import type { Figures } from '../measure/figures.js';
import type { Table, Target } from '../report/case-result.js';
import type { Spread } from '../report/spread.js';
import { number, withSpread } from '../report/words.js';
import type { DrainLoad } from './drain-run.js';

const RATIO_WANTED = 50;
const CPU_MICROS_WANTED = 1_200;
const SAGAS_PER_SECOND_GUIDE = 5_000;

/** One side of a drain: the median run and the spread of all runs. */
export interface DrainedSide {
  readonly side: Side;
  readonly figures: Figures;
  readonly spread: Spread;
}

export const drainHow = (ours: DrainLoad, baseline: DrainLoad): string[] => [
  `${number(ours.orders)} orders (baseline: ${number(baseline.orders)}, because it is slower) are placed over HTTP while payment's consumer of the order topic is paused; then it resumes.`,
  'Of 100 orders, inventory refuses two, payment refuses one, and the customer cancels one over HTTP while the others run.',
  'The rate is measured until the last order ends, by the database’s commit timestamp. CPU is measured until the system is at rest, including follow-up steps (stock committed, parcels dispatched).',
  `Warm-up: the same processes first drain ${number(ours.warmUp)} orders of the same kinds (baseline: ${number(baseline.warmUp)}). Each run starts new processes on empty databases and topics; the sides alternate.`,
];

/** The targets of the drain. */
export const drainTargets = (ours: Figures, ratio: number | undefined): Target[] => [
  ...(ratio === undefined
    ? []
    : [
        {
          what: 'drain, relative to the baseline in the same run',
          wanted: `≥ ${RATIO_WANTED} ×`,
          measured: `${number(ratio)} ×`,
          met: ratio >= RATIO_WANTED,
        },
      ]),
  {
    what: 'CPU per saga, all processes',
    wanted: `≤ ${CPU_MICROS_WANTED} µs`,
    measured: `${number(ours.cpuMicrosPerSaga)} µs`,
    met: ours.cpuMicrosPerSaga <= CPU_MICROS_WANTED,
  },
  {
    what: 'drain (a guide value for a quiet machine with two cores)',
    wanted: `≥ ${number(SAGAS_PER_SECOND_GUIDE)} sagas/s`,
    measured: `${number(ours.sagasPerSecond)} sagas/s`,
    met: ours.sagasPerSecond >= SAGAS_PER_SECOND_GUIDE,
  },
];

/** The comparison, and the cost per process. */
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
      columns: ['CPU per saga, memory of', ...columns.map(({ name }) => name)],
      rows: names.map((name) => [name, ...columns.map(({ figures }) => cell(figures, name))]),
    },
  ];
}
