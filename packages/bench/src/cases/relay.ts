import type { Findings } from '../report/case-result.js';
import { spreadOf } from '../report/spread.js';
import { number, rounded, withSpread } from '../report/words.js';
import { startQuadrille } from '../systems/quadrille.js';
import { withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';
import { type Relayed, type RelayLoad, relay } from './relay-run.js';
import { runsOf } from './runs-of.js';

/** So many until the compilers of both, service and broker, have come to rest: the first 50,000 take half as much again. */
const WARM_UP_ROWS = 150_000;
const LOADS = {
  'the relay alone': { rows: 50_000, rounds: 4, warmUpRows: WARM_UP_ROWS },
  'beside an open snapshot': { rows: 50_000, rounds: 4, warmUpRows: WARM_UP_ROWS, snapshot: true },
  'a backlog of 1,000,000 rows': { rows: 1_000_000, rounds: 1, warmUpRows: WARM_UP_ROWS },
} as const satisfies Record<string, RelayLoad>;
const QUICK_ROWS = 2_000;
const RUNS = 2;
const MINUTES = 4;
const ROWS_PER_SECOND_WANTED = 30_000;
const SHARE_WANTED = 0.8;
type What = keyof typeof LOADS;

/** How fast committed rows reach their topic. */
export const relayCase: BenchCase = {
  name: 'relay',
  what: 'rows a second from the outbox to acknowledged; beside an open snapshot; with a million rows of backlog',
  run: runRelay,
};

async function runRelay(assignment: Assignment): Promise<Findings> {
  const { quick, runs, say } = assignment;
  const found = new Map<What, Relayed[]>();
  const small = quick && { rows: QUICK_ROWS, rounds: 1, warmUpRows: QUICK_ROWS };
  for (const run of runsOf(assignment, RUNS, MINUTES)) {
    for (const [what, load] of Object.entries(LOADS) as [What, RelayLoad][]) {
      // The backlog takes as long as the others together: once is enough.
      if (what === 'a backlog of 1,000,000 rows' && run > (runs ?? 1)) continue;
      const relayed = await withStarted(async (started) => {
        const shop = await startQuadrille(started, { services: ['order'] });
        return relay(shop, { ...load, ...small });
      });
      say(`relay ${run}, ${what}: ${number(relayed.rowsPerSecond)} rows/s`);
      found.set(what, [...(found.get(what) ?? []), relayed]);
    }
  }
  return result(found, small ? small.warmUpRows : WARM_UP_ROWS);
}

function result(found: ReadonlyMap<What, readonly Relayed[]>, warmUpRows: number): Findings {
  const lines = [...found].map(([what, runs]) => ({
    what,
    spread: spreadOf(runs.map(({ rowsPerSecond }) => rowsPerSecond)),
    runs,
  }));
  const rateOf = (what: What) => lines.find((line) => line.what === what)!.spread.median;
  const alone = rateOf('the relay alone');
  const share = rounded(rateOf('beside an open snapshot') / alone);
  return {
    how: [
      `The outbox of the order service is filled by SQL (400 bytes of payload a record, two records a key, kept as transactions of 500 keep them: a row a shard) while its relay rests; then the relay is let go. A row counts when the broker has acknowledged it with acks -1; the round ends when the table is empty. No other service runs. ${number(warmUpRows)} rows go before, unmeasured.`,
      'The snapshot is a repeatable read transaction that another session holds open over all rounds, so that nothing that is removed can be cleaned up meanwhile.',
      'Afterwards the topic is read: every row must stand on it, those of a key in their order.',
    ],
    rowsPerSecond: rounded(alone),
    shareBesideSnapshot: share,
    backlogRowsPerSecond: rounded(rateOf('a backlog of 1,000,000 rows')),
    runs: Object.fromEntries(found),
    targets: [
      {
        what: 'rows relayed',
        wanted: `≥ ${number(ROWS_PER_SECOND_WANTED)} rows/s`,
        measured: `${number(alone)} rows/s`,
        met: alone >= ROWS_PER_SECOND_WANTED,
      },
      {
        what: 'beside an open snapshot, as a share of that',
        wanted: `≥ ${SHARE_WANTED * 100} %`,
        measured: `${number(share * 100)} %`,
        met: share >= SHARE_WANTED,
      },
    ],
    tables: [
      {
        columns: ['', 'rows/s', 'CPU µs/row'],
        rows: lines.map(({ what, spread, runs }) => [what, withSpread(spread), number(runs[0]!.cpuMicrosPerRow)]),
      },
    ],
    charts: [
      {
        title: 'Relay: rows a second',
        unit: 'rows/s',
        bars: lines.map(({ what, spread }) => ({
          label: what,
          value: spread.median,
          low: spread.min,
          high: spread.max,
        })),
      },
    ],
  };
}
