import { type Figures, figuresOf } from '../measure/figures.js';
import type { Findings, Target } from '../report/case-result.js';
import { medianRun, spreadOf } from '../report/spread.js';
import { number, rounded, withSpread } from '../report/words.js';
import { startQuadrille } from '../systems/quadrille.js';
import { demandPromises } from '../systems/shop.js';
import { withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';
import { drainHeld, prepared } from './drain-run.js';
import { runsOf } from './runs-of.js';
import { type Steady, steady } from './steady-run.js';

const WAYS = ['open', 'secured'] as const;
type Way = (typeof WAYS)[number];
/** One run of one way: a drain, then a load at which every saga travels nearly alone. */
interface Measured {
  readonly drained: Figures;
  readonly steady: Steady;
}

const LOAD = { warmUp: 10_000, orders: 20_000, ratePerSecond: 30, seconds: 30 };
const QUICK = { warmUp: 50, orders: 50, ratePerSecond: 5, seconds: 3 };
const RUNS = 3;
const MINUTES = 15;
/** Of the CPU of a saga in the drain. */
const DEARER_WANTED_PERCENT = 20;

/** The cost of TLS and SASL per saga. */
export const securedCase: BenchCase = {
  name: 'secured',
  what: 'a saga with and without TLS to Kafka and PostgreSQL, SASL and rules: CPU and latency',
  run: runSecured,
};

async function runSecured(assignment: Assignment): Promise<Findings> {
  const { quick, orders, print } = assignment;
  const load = { ...(quick ? QUICK : LOAD), ...(orders !== undefined && { orders }) };
  const found: Record<Way, Measured[]> = { open: [], secured: [] };
  for (const run of runsOf(assignment, RUNS, MINUTES)) {
    for (const way of WAYS) {
      const measured = await measure(way, load);
      const { cpuMicrosPerSaga, sagasPerSecond } = measured.drained;
      print(`secured ${run}, ${way}: ${number(sagasPerSecond)} sagas/s, ${number(cpuMicrosPerSaga)} µs of CPU a saga`);
      found[way].push(measured);
    }
  }
  return result(found, load);
}

const measure = (way: Way, { warmUp, orders, ratePerSecond, seconds }: typeof LOAD): Promise<Measured> =>
  withStarted(async (started) => {
    const shop = await startQuadrille(started, { secured: way === 'secured' });
    await prepared(shop);
    await drainHeld(shop, { warmUp, orders }, warmUp);
    const drained = figuresOf(await drainHeld(shop, { warmUp, orders }, orders));
    const measured = { drained, steady: await steady(shop, ratePerSecond, seconds) };
    await demandPromises(shop);
    return measured;
  });

const cpuOf = ({ drained }: Measured): number => drained.cpuMicrosPerSaga;

function result(found: Record<Way, Measured[]>, load: typeof LOAD): Findings {
  const [open, secured] = WAYS.map((way) => medianRun(found[way], cpuOf)) as [Measured, Measured];
  const dearer = (of: (measured: Measured) => number) => rounded((of(secured) / of(open) - 1) * 100);
  const lines = WAYS.map((way) => ({
    way,
    median: medianRun(found[way], cpuOf),
    cpu: spreadOf(found[way].map(cpuOf)),
  }));
  const processes = Object.keys(open.drained.cpuMicrosByProcess);
  return {
    how: [
      `“secured” is TLS to the broker with SCRAM-SHA-512, an authorizer with the least rights of each service, and TLS to PostgreSQL (\`sslmode=verify-full\`), as \`npm start -- --secure\` has it; “open” is the same without. Both run in turns, each on fresh servers.`,
      `The drain is that of [drain](#drain) with ${number(load.orders)} orders after ${number(load.warmUp)} unmeasured ones. Then the same processes carry ${load.ratePerSecond} orders/s for ${load.seconds} s, at which nearly every saga is isolated: many small messages instead of few large ones.`,
    ],
    cpuPercentDrain: dearer(cpuOf),
    cpuPercentSteady: dearer((measured) => measured.steady.cpuMicrosPerSaga),
    runs: found,
    targets: [dearerTarget(dearer(cpuOf))],
    tables: [
      {
        columns: [
          '',
          'drain: sagas/s',
          'drain: CPU µs/saga',
          `${load.ratePerSecond}/s: p50 ms`,
          `${load.ratePerSecond}/s: p99 ms`,
          `${load.ratePerSecond}/s: CPU µs/saga`,
        ],
        rows: lines.map(({ way, median, cpu }) => [
          way,
          number(median.drained.sagasPerSecond),
          withSpread(cpu),
          number(median.steady.p50),
          number(median.steady.p99),
          number(median.steady.cpuMicrosPerSaga),
        ]),
      },
      {
        columns: ['CPU a saga of the drain', ...WAYS],
        rows: processes.map((name) => [
          name,
          ...lines.map(({ median }) => `${number(median.drained.cpuMicrosByProcess[name] ?? 0)} µs`),
        ]),
      },
    ],
    charts: [
      {
        title: 'CPU of a saga with and without TLS and SASL',
        unit: 'µs',
        bars: lines.map(({ way, cpu }) => ({ label: way, value: cpu.median, low: cpu.min, high: cpu.max })),
      },
    ],
  };
}

const dearerTarget = (percent: number): Target => ({
  what: 'CPU of a saga dearer by TLS and SASL',
  wanted: `≤ ${DEARER_WANTED_PERCENT} %`,
  measured: `${number(percent)} %`,
  met: percent <= DEARER_WANTED_PERCENT,
});
