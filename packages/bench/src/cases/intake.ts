import { CUSTOMERS, closedLoop } from '../load/closed-loop.js';
import { sum } from '../measure/figures.js';
import { oneRow } from '../measure/statements.js';
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
/** Includes the orders of the warm-up: more than three thousand in all for the baseline. */
const TIMEOUT_MS = 400_000;
const MINUTES = 8;
/**
 * The warm-up lasts until the JIT compilers are done: a new process handles half of its later rate. The baseline has a shorter one, since
 * all its orders must end before the audit, at about twenty per second.
 */
const PERIODS = {
  'group commit': { warmUp: 12, seconds: 6, runs: 2 },
  'one order per transaction': { warmUp: 20, seconds: 4, runs: 1 },
  baseline: { warmUp: 6, seconds: 2, runs: 1 },
} as const;
type Way = keyof typeof PERIODS;
const QUICK = { warmUp: 1, seconds: 3 };
const LIST = new Intl.ListFormat('en-GB');

const START: Readonly<Record<Way, (started: Started) => Promise<Shop>>> = {
  'group commit': (started) => startQuadrille(started),
  'one order per transaction': (started) => startQuadrille(started, { env: { BATCH_MAX_INPUTS: '1' } }),
  baseline: (started) => startBaseline(started),
};

/** The rate at which orders are accepted durably. */
export const intakeCase: BenchCase = {
  name: 'intake',
  what: 'POST /orders over HTTP: durable orders per second, with and without group commit',
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
  const { sides, quick, runs, print } = assignment;
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
      print(`intake ${run}, ${way}: ${number(intake.ordersPerSecond)} orders/s, p99 ${number(intake.p99)} ms`);
      found.get(way)!.push(intake);
    }
  }
  return result(
    found,
    ways.map((way) => periodOf(way).warmUp),
  );
}

/** Payment is paused during the measurement, so that only the intake works. Afterwards all orders are processed and audited. */
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
  await shop.atRest(TIMEOUT_MS);
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
    what: 'orders accepted over HTTP',
    wanted: `≥ ${number(WANTED_PER_SECOND)} orders/s`,
    measured: `${number(ours.spread.median)} orders/s`,
    met: ours.spread.median >= WANTED_PER_SECOND,
  };
  return {
    how: [
      `${CUSTOMERS} customers order continuously over persistent connections. Requests are prepared bytes, so the loader needs little CPU, which is reported. An order counts once it is answered 202, which follows its commit; afterwards all orders are verified in the database, processed and audited.`,
      '“One order per transaction” is the same service with BATCH_MAX_INPUTS=1, which runs transactions sequentially. The baseline opens one transaction per request, up to twenty concurrently.',
      `Warm-up in new processes: ${LIST.format(warmUps.map(String))} seconds of orders. CPU is that of all processes until the last answer, divided by the answered orders.`,
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
        title: 'Intake: durable orders per second',
        unit: 'orders/s',
        bars: lines.map(({ way, spread }) => ({ label: way, value: spread.median, low: spread.min, high: spread.max })),
      },
    ],
  };
}
