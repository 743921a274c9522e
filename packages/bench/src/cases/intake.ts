import { CUSTOMERS, closedLoop } from '../load/closed-loop.js';
import { sum } from '../measure/figures.js';
import { oneRow } from '../measure/one-row.js';
import { beginWindow } from '../measure/window.js';
import type { Findings } from '../report/case-result.js';
import { medianRun, percentile, spreadOf } from '../report/spread.js';
import { number, rounded, withSpread } from '../report/words.js';
import { startBaseline } from '../systems/baseline.js';
import { startQuadrille } from '../systems/quadrille.js';
import { demandPromises, type Shop } from '../systems/shop.js';
import { type Started, withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';
import { prepared } from './drain-run.js';
import { runsOf } from './runs-of.js';

const WANTED_PER_SECOND = 4_000;
/** Those of the warm-up have to end as well: of the baseline more than three thousand in all. */
const PATIENCE_MS = 400_000;
const MINUTES = 8;
/**
 * Until the compilers have come to rest: a fresh process takes half of what it does later. The baseline is given less, since all of its
 * orders must have ended before the audit, at some twenty a second.
 */
const PERIODS = {
  'group commit': { warmUp: 12, seconds: 6, runs: 2 },
  'one order a transaction': { warmUp: 20, seconds: 4, runs: 1 },
  baseline: { warmUp: 6, seconds: 2, runs: 1 },
} as const;
type Way = keyof typeof PERIODS;
const QUICK = { warmUp: 1, seconds: 3 };
const LIST = new Intl.ListFormat('en-GB');

const START: Readonly<Record<Way, (started: Started) => Promise<Shop>>> = {
  'group commit': (started) => startQuadrille(started),
  'one order a transaction': (started) => startQuadrille(started, { env: { BATCH_MAX_INPUTS: '1' } }),
  baseline: (started) => startBaseline(started),
};

/** How many orders a second are taken and durable. */
export const intakeCase: BenchCase = {
  name: 'intake',
  what: 'POST /orders over real HTTP: durable orders a second, with and without group commit',
  run: runIntake,
};

interface Intake {
  readonly ordersPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuMicrosPerOrder: number;
  readonly loaderCores: number;
}

async function runIntake(assignment: Assignment): Promise<Findings> {
  const { sides, quick, runs, say } = assignment;
  const ways = (Object.keys(PERIODS) as Way[]).filter((way) =>
    sides.includes(way === 'baseline' ? 'baseline' : 'quadrille'),
  );
  const found = new Map<Way, Intake[]>(ways.map((way) => [way, []]));
  const periodOf = (way: Way) => (quick ? QUICK : PERIODS[way]);
  const most = Math.max(...ways.map((way) => PERIODS[way].runs));
  for (const run of runsOf(assignment, most, MINUTES)) {
    for (const way of ways) {
      if (!quick && run > (runs ?? PERIODS[way].runs)) continue;
      const { warmUp, seconds } = periodOf(way);
      const intake = await withStarted(async (started) => measure(await START[way](started), warmUp, seconds));
      say(`intake ${run}, ${way}: ${number(intake.ordersPerSecond)} orders/s, p99 ${number(intake.p99)} ms`);
      found.get(way)!.push(intake);
    }
  }
  return result(
    found,
    ways.map((way) => periodOf(way).warmUp),
  );
}

/** Payment takes nothing meanwhile, so that only the intake works; afterwards all orders go their way and are audited. */
async function measure(shop: Shop, warmUp: number, seconds: number): Promise<Intake> {
  await prepared(shop);
  await shop.hold();
  await closedLoop(shop.orderUrl, warmUp);
  const end = await beginWindow(shop);
  const taken = await closedLoop(shop.orderUrl, seconds);
  const used = await end();
  if (taken.accepted === 0) throw new Error(`No order was answered within ${seconds} s.`);
  await demandDurable(shop, taken.accepted);
  await shop.release();
  await shop.atRest(PATIENCE_MS);
  await demandPromises(shop);
  return {
    ordersPerSecond: rounded(taken.perSecond),
    p50: rounded(percentile(taken.latencies, 0.5)),
    p99: rounded(percentile(taken.latencies, 0.99)),
    cpuMicrosPerOrder: rounded(sum(used.cpuMicros) / taken.answered),
    loaderCores: rounded(taken.loaderCores),
  };
}

async function demandDurable({ databases }: Shop, accepted: number): Promise<void> {
  const { orders } = await oneRow<{ orders: number }>(databases.order!, 'select count(*)::int as orders from orders');
  if (orders < accepted) throw new Error(`${accepted} orders were accepted, ${orders} are in the database.`);
}

function result(found: ReadonlyMap<Way, readonly Intake[]>, warmUps: readonly number[]): Findings {
  const lines = [...found].map(([way, runs]) => ({
    way,
    spread: spreadOf(runs.map(({ ordersPerSecond }) => ordersPerSecond)),
    median: medianRun(runs, ({ ordersPerSecond }) => ordersPerSecond),
  }));
  const ours = lines.find(({ way }) => way === 'group commit');
  const wanted = ours && {
    what: 'orders taken over HTTP',
    wanted: `≥ ${number(WANTED_PER_SECOND)} orders/s`,
    measured: `${number(ours.spread.median)} orders/s`,
    met: ours.spread.median >= WANTED_PER_SECOND,
  };
  return {
    how: [
      `${CUSTOMERS} customers order all the time over kept connections (requests are finished bytes, so the loader takes little: its CPU is told). An order counts when it was answered 202, which is after its commit; afterwards it is looked for in the database, all orders go their way, and are audited.`,
      '“One order a transaction” is the same service with BATCH_MAX_INPUTS=1: one transaction after the other. The baseline opens a transaction a request, twenty at a time.',
      `Before they are measured they take orders for ${LIST.format(warmUps.map(String))} seconds, in fresh processes. CPU is that of all processes until the last order was answered, by the orders answered.`,
    ],
    ...(ours && { ...ours.median }),
    ways: Object.fromEntries(lines.map(({ way, median }) => [way, median])),
    runs: Object.fromEntries(found),
    targets: wanted ? [wanted] : [],
    tables: [
      {
        columns: ['', 'orders/s', 'p50 ms', 'p99 ms', 'CPU µs/order', 'loader, cores'],
        rows: lines.map(({ way, spread, median }) => [
          way,
          withSpread(spread),
          ...[median.p50, median.p99, median.cpuMicrosPerOrder, median.loaderCores].map(number),
        ]),
      },
    ],
    charts: [
      {
        title: 'Intake: durable orders a second',
        unit: 'orders/s',
        bars: lines.map(({ way, spread }) => ({ label: way, value: spread.median, low: spread.min, high: spread.max })),
      },
    ],
  };
}
