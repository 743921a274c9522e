import { RARE } from '../load/goods.js';
import { rareOrder } from '../load/order-requests.js';
import { type Figures, figuresOf } from '../measure/figures.js';
import { oneRow } from '../measure/statements.js';
import type { Findings } from '../report/case-result.js';
import { spreadOf } from '../report/spread.js';
import { number, rounded, withSpread } from '../report/words.js';
import { startQuadrille } from '../systems/quadrille.js';
import { demandPromises, type Shop } from '../systems/shop.js';
import { withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';
import { drainHeld, prepared } from './drain-run.js';
import { runsOf } from './runs-of.js';

const ORDERS = 10_000;
const QUICK_ORDERS = 300;
const RUNS = 3;
const MINUTES = 2;
const SHARE_WANTED = 0.8;

/** Contention for one product. */
export const flashSaleCase: BenchCase = {
  name: 'flash-sale',
  what: `${number(ORDERS)} orders compete for ${RARE.pieces} pieces of one product, compared with a drain of as many orders`,
  run: runFlashSale,
};

interface Pair {
  readonly flash: Figures;
  readonly usual: Figures;
}

async function runFlashSale(assignment: Assignment): Promise<Findings> {
  const { quick, orders, print } = assignment;
  const count = orders ?? (quick ? QUICK_ORDERS : ORDERS);
  const pairs: Pair[] = [];
  for (const run of runsOf(assignment, RUNS, MINUTES)) {
    const pair = await onePair(count, run % 2 === 0);
    print(
      `flash-sale ${run}: ${number(pair.flash.sagasPerSecond)} sagas/s, regular orders ${number(pair.usual.sagasPerSecond)}`,
    );
    pairs.push(pair);
  }
  return result(count, pairs);
}

/** The sale and a regular drain in the same processes, in alternating order. */
const onePair = (count: number, flashFirst: boolean): Promise<Pair> =>
  withStarted(async (started) => {
    const shop = await startQuadrille(started);
    await prepared(shop);
    const usualLoad = { orders: count, warmUp: 0, cancels: false };
    await drainHeld(shop, usualLoad, Math.ceil(count / 2));
    const usual = async () => figuresOf(await drainHeld(shop, usualLoad, count));
    const flash = async () => figuresOf(await drainHeld(shop, { ...usualLoad, bodyOf: rareOrder }, count));
    const pair = flashFirst
      ? { flash: await flash(), usual: await usual() }
      : { usual: await usual(), flash: await flash() };
    await demandPromises(shop);
    await demandAllSold(shop, Math.min(count, RARE.pieces));
    return pair;
  });

async function demandAllSold({ databases }: Shop, pieces: number): Promise<void> {
  const { sold } = await oneRow<{ sold: number }>(databases.inventory!, 'select sold::int from stock where sku = $1', [
    RARE.sku,
  ]);
  if (sold !== pieces) throw new Error(`${sold} pieces sold, expected ${pieces}: the run is invalid.`);
}

function result(orders: number, pairs: readonly Pair[]): Findings {
  const flash = spreadOf(pairs.map((pair) => pair.flash.sagasPerSecond));
  const usual = spreadOf(pairs.map((pair) => pair.usual.sagasPerSecond));
  const share = rounded(spreadOf(pairs.map((pair) => pair.flash.sagasPerSecond / pair.usual.sagasPerSecond)).median);
  return {
    how: [
      `${number(orders)} customers order one piece each of a product with ${RARE.pieces} pieces in stock; all orders are placed first, then processed. The same processes drain as many regular orders before or after, alternating.`,
      `The audit checks the seven promises, and that exactly ${RARE.pieces} pieces were sold.`,
    ],
    orders,
    sold: RARE.pieces,
    sagasPerSecond: flash.median,
    drainSagasPerSecond: usual.median,
    shareOfDrain: share,
    runs: pairs,
    targets: [
      {
        what: 'flash sale, relative to the drain',
        wanted: `≥ ${SHARE_WANTED * 100} %`,
        measured: `${number(share * 100)} %`,
        met: share >= SHARE_WANTED,
      },
      { what: 'pieces sold', wanted: String(RARE.pieces), measured: String(RARE.pieces), met: true },
    ],
    tables: [
      {
        columns: ['', 'sagas/s', 'CPU µs/saga'],
        rows: [
          ['flash sale', withSpread(flash), number(pairs[0]!.flash.cpuMicrosPerSaga)],
          ['regular orders', withSpread(usual), number(pairs[0]!.usual.cpuMicrosPerSaga)],
        ],
      },
    ],
    charts: [
      {
        title: 'Flash sale: sagas per second',
        unit: 'sagas/s',
        bars: [
          { label: 'flash sale', value: flash.median, low: flash.min, high: flash.max },
          { label: 'regular orders', value: usual.median, low: usual.min, high: usual.max },
        ],
      },
    ],
  };
}
