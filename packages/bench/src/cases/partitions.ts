import type { Findings } from '../report/case-result.js';
import { number, rounded } from '../report/words.js';
import { startQuadrille } from '../systems/quadrille.js';
import { demandPromises } from '../systems/shop.js';
import { withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';
import { prepared } from './drain-run.js';
import { type Steady, steady, warmUp } from './steady-run.js';

const PARTITIONS = [3, 6, 24, 60];
const QUICK = { partitions: [3, 6], seconds: 3 };
const ORDERS_PER_SECOND = 30;
const SECONDS = 30;
/** The allowed increase of latency and CPU from 6 to 24 partitions. */
const MOST_MORE = 0.1;

/** The cost of idle partitions. */
export const partitionsCase: BenchCase = {
  name: 'partitions',
  what: '30 orders per second with 3, 6, 24 and 60 partitions per topic: the cost of idle partitions',
  run: runPartitions,
};

async function runPartitions({ quick, print }: Assignment): Promise<Findings> {
  const found: (Steady & { readonly partitions: number })[] = [];
  for (const partitions of quick ? QUICK.partitions : PARTITIONS) {
    const measured = await withStarted(async (started) => {
      const shop = await startQuadrille(started, { partitions });
      await prepared(shop);
      if (!quick) await warmUp(shop);
      const rate = await steady(shop, ORDERS_PER_SECOND, quick ? QUICK.seconds : SECONDS);
      await demandPromises(shop);
      return rate;
    });
    print(`partitions ${partitions}: p50 ${measured.p50} ms, p99 ${measured.p99} ms, ${measured.cpuCores} cores`);
    found.push({ partitions, ...measured });
  }
  return partitionsResult(found);
}

function partitionsResult(found: readonly (Steady & { readonly partitions: number })[]): Findings {
  const [few, many] = [6, 24].map((wanted) => found.find(({ partitions }) => partitions === wanted));
  const more = (figure: 'p50' | 'cpuCores') => rounded((many![figure] / few![figure] - 1) * 100);
  const target = (what: string, percent: number) => ({
    what: `${what}, 24 partitions relative to 6`,
    wanted: `≤ +${MOST_MORE * 100} %`,
    measured: `${number(percent)} %`,
    met: percent <= MOST_MORE * 100,
  });
  return {
    how: [
      'As in the case steady, at 30 orders per second. Every topic has the given number of partitions, and one instance of each service consumes all of them.',
    ],
    partitions: found,
    targets: few && many ? [target('p50', more('p50')), target('CPU', more('cpuCores'))] : [],
    tables: [
      {
        columns: ['partitions per topic', 'p50 ms', 'p99 ms', 'CPU cores', 'CPU µs/saga'],
        rows: found.map(({ partitions, p50, p99, cpuCores, cpuMicrosPerSaga }) =>
          [partitions, p50, p99, cpuCores, cpuMicrosPerSaga].map(number),
        ),
      },
    ],
    charts: [],
  };
}
