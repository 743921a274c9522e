import { type Figures, figuresOf } from '../measure/figures.js';
import type { CaseResult, Table } from '../report/case-result.js';
import { medianRun, type Spread, spreadOf } from '../report/spread.js';
import { number, rounded, withSpread } from '../report/words.js';
import { startQuadrille } from '../systems/quadrille.js';
import { withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';
import { drain } from './drain-run.js';

/** Orders of one run of ours, and before it the same unmeasured. */
const OURS = { orders: 50_000, warmUp: 5_000, runs: 3 };
const QUICK = { orders: 300, warmUp: 300, runs: 1 };

/** How fast sagas end that have all been placed already. */
export const drainCase: BenchCase = {
  name: 'drain',
  what: 'orders that are all placed already: sagas a second until every one has ended',
  run: runDrain,
};

async function runDrain({ quick, orders, runs, say }: Assignment): Promise<CaseResult> {
  const usual = quick ? QUICK : OURS;
  const count = orders ?? usual.orders;
  const ours: Figures[] = [];
  for (let run = 1; run <= (runs ?? usual.runs); run++) {
    say(`drain: run ${run}, quadrille, ${number(count)} orders`);
    ours.push(
      await withStarted(async (started) =>
        figuresOf(await drain(await startQuadrille(started), { orders: count, warmUp: Math.min(count, usual.warmUp) })),
      ),
    );
    say(`  ${number(ours.at(-1)!.sagasPerSecond)} sagas/s, ${number(ours.at(-1)!.cpuMicrosPerSaga)} µs`);
  }
  const median = medianRun(ours, ({ sagasPerSecond }) => sagasPerSecond);
  const spread = spreadOf(ours.map(({ sagasPerSecond }) => sagasPerSecond));
  return {
    command: 'npm run bench -- --case drain',
    orders: count,
    ...median,
    spread,
    how: [],
    targets: [],
    tables: [summary(median, spread), processes(median)],
    charts: [],
  };
}

const summary = (figures: Figures, spread: Spread): Table => ({
  columns: ['', 'sagas/s', 'CPU µs/saga', 'statements/saga'],
  rows: [['quadrille', withSpread(spread), number(figures.cpuMicrosPerSaga), number(figures.statementsPerSaga)]],
});

const processes = ({ cpuMicrosByProcess, memoryMegabytesByProcess }: Figures): Table => ({
  columns: ['process', 'CPU µs/saga', 'memory MB'],
  rows: Object.keys(cpuMicrosByProcess).map((name) => [
    name,
    number(rounded(cpuMicrosByProcess[name]!)),
    number(memoryMegabytesByProcess[name] ?? 0),
  ]),
});
