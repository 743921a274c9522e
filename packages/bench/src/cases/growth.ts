import { type Figures, figuresOf } from '../measure/figures.js';
import { type TableSize, tableSizes } from '../measure/sizes.js';
import type { Findings } from '../report/case-result.js';
import { spreadOf } from '../report/spread.js';
import { number, rounded, withSpread } from '../report/words.js';
import { SAGA_SERVICES, startQuadrille } from '../systems/quadrille.js';
import { demandPromises } from '../systems/shop.js';
import { withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';
import { drainHeld, prepared } from './drain-run.js';
import { removeHistory, writeHistory } from './history.js';

const HISTORY_ORDERS = 1_000_000;
const ORDERS = 20_000;
const WARM_UP = 10_000;
const QUICK = { history: 2_000, orders: 200, warmUp: 100 };
const RUNS = 2;
const SLOWER_AT_MOST = 0.1;
/** Memory is considered flat if it grows by at most this share from the first drain to the last. */
const GROWTH_AT_MOST = 0.1;

/** The influence of a large history on the drain. */
export const growthCase: BenchCase = {
  name: 'growth',
  what: 'the drain on empty tables and with a million finished orders; table and index sizes, bloat, memory',
  run: runGrowth,
};

interface Growth {
  readonly empty: readonly Figures[];
  readonly full: readonly Figures[];
  readonly sizes: readonly TableSize[];
}

async function runGrowth({ quick, orders, runs, print }: Assignment): Promise<Findings> {
  const usual = quick ? QUICK : { history: HISTORY_ORDERS, orders: ORDERS, warmUp: WARM_UP };
  const load = { ...usual, orders: orders ?? usual.orders };
  const times = runs ?? (quick ? 1 : RUNS);
  const growth = await withStarted(async (started) => {
    const shop = await startQuadrille(started);
    await prepared(shop);
    await drainHeld(shop, load, load.warmUp);
    const several = async (what: string) => {
      const figures: Figures[] = [];
      for (let run = 1; run <= times; run++) {
        figures.push(figuresOf(await drainHeld(shop, load, load.orders)));
        print(`growth, ${what}: ${number(figures.at(-1)!.sagasPerSecond)} sagas/s`);
      }
      return figures;
    };
    const empty = await several('empty tables');
    print(`growth: writing ${number(load.history)} finished orders`);
    await writeHistory(shop.databases, load.history);
    const full = await several(`${number(load.history)} finished orders`);
    const sizes = await tableSizes(shop.superuserUrl, SAGA_SERVICES);
    await removeHistory(shop.superuserUrl);
    await demandPromises(shop);
    return { empty, full, sizes };
  });
  return result(growth, load.history, load.orders);
}

function result({ empty, full, sizes }: Growth, history: number, orders: number): Findings {
  const [before, after] = [empty, full].map((runs) => spreadOf(runs.map(({ sagasPerSecond }) => sagasPerSecond)));
  const slower = rounded(1 - after!.median / before!.median);
  const grown = memoryGrowth(empty[0]!, full.at(-1)!);
  return {
    how: [
      `The same processes drain ${number(orders)} orders several times on tables without history, then with ${number(history)} finished orders. SQL writes these, with all their rows in the four databases (an hour of traffic at 280 orders/s).`,
      'The history is removed before the audit, because its events were never published.',
    ],
    orders,
    historyOrders: history,
    sagasPerSecond: after!.median,
    emptySagasPerSecond: before!.median,
    slower,
    memoryGrowth: grown,
    sizes,
    runs: { empty, full },
    targets: [
      {
        what: `slowdown with ${number(history)} finished orders`,
        wanted: `≤ ${SLOWER_AT_MOST * 100} %`,
        measured: `${number(slower * 100)} %`,
        met: slower <= SLOWER_AT_MOST,
      },
      {
        what: 'memory growth of the services from the first drain to the last',
        wanted: `≤ +${GROWTH_AT_MOST * 100} %`,
        measured: `${number(grown * 100)} %`,
        met: grown <= GROWTH_AT_MOST,
      },
    ],
    tables: [
      {
        columns: ['', 'sagas/s', 'CPU µs/saga'],
        rows: [
          ['empty tables', withSpread(before!), number(empty[0]!.cpuMicrosPerSaga)],
          [`${number(history)} finished orders`, withSpread(after!), number(full[0]!.cpuMicrosPerSaga)],
        ],
      },
      {
        columns: ['table', 'rows', 'table MB', 'indexes MB', 'dead or free'],
        rows: sizes.map((size) => [
          `${size.service}.${size.table}`,
          number(size.rows),
          number(size.tableMegabytes),
          number(size.indexMegabytes),
          size.bloat === null ? '–' : `${number(size.bloat * 100)} %`,
        ]),
      },
    ],
    charts: [
      {
        title: 'Growth: sagas per second',
        unit: 'sagas/s',
        bars: [
          { label: 'empty tables', value: before!.median, low: before!.min, high: before!.max },
          { label: `${number(history)} finished orders`, value: after!.median, low: after!.min, high: after!.max },
        ],
      },
    ],
  };
}

function memoryGrowth(first: Figures, last: Figures): number {
  const all = (figures: Figures) =>
    SAGA_SERVICES.reduce((megabytes, name) => megabytes + (figures.memoryMegabytesByProcess[name] ?? 0), 0);
  return all(first) === 0 ? 0 : rounded(all(last) / all(first) - 1);
}
