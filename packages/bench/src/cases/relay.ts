import type { Findings } from '../report/case-result.js';
import { spreadOf } from '../report/spread.js';
import { number, rounded, withSpread } from '../report/words.js';
import { startQuadrille } from '../systems/quadrille.js';
import { withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';
import { type Relayed, type RelayLoad, relay } from './relay-run.js';
import { runsOf } from './runs-of.js';

/** Warm-up until the compilers of service and broker are done: the first 50,000 rows take half as long again. */
const WARM_UP_ROWS = 150_000;
const LOADS = {
  'relay alone': { rows: 50_000, rounds: 4, warmUpRows: WARM_UP_ROWS },
  'with an open snapshot': { rows: 50_000, rounds: 4, warmUpRows: WARM_UP_ROWS, snapshot: true },
  'backlog of 1,000,000 rows': { rows: 1_000_000, rounds: 1, warmUpRows: WARM_UP_ROWS },
} as const satisfies Record<string, RelayLoad>;
const QUICK_ROWS = 2_000;
const RUNS = 2;
const MINUTES = 4;
const ROWS_PER_SECOND_WANTED = 30_000;
const SHARE_WANTED = 0.8;
type What = keyof typeof LOADS;

/** The rate at which committed rows reach their topic. */
export const relayCase: BenchCase = {
  name: 'relay',
  what: 'rows per second from the outbox to acknowledgement by the broker; also with an open snapshot and with a backlog of a million rows',
  run: runRelay,
};

async function runRelay(assignment: Assignment): Promise<Findings> {
  const { quick, runs, print } = assignment;
  const found = new Map<What, Relayed[]>();
  const small = quick && { rows: QUICK_ROWS, rounds: 1, warmUpRows: QUICK_ROWS };
  for (const run of runsOf(assignment, RUNS, MINUTES)) {
    for (const [what, load] of Object.entries(LOADS) as [What, RelayLoad][]) {
      // The backlog takes as long as the other loads together, so it runs once.
      if (what === 'backlog of 1,000,000 rows' && run > (runs ?? 1)) continue;
      const relayed = await withStarted(async (started) => {
        const shop = await startQuadrille(started, { services: ['order'] });
        return relay(shop, { ...load, ...small });
      });
      print(`relay ${run}, ${what}: ${number(relayed.rowsPerSecond)} rows/s`);
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
  const alone = rateOf('relay alone');
  const share = rounded(rateOf('with an open snapshot') / alone);
  return {
    how: [
      `SQL fills the outbox of the order service while its relay is paused: 400 bytes of payload per record, two records per key, one row per shard as transactions of 500 inputs write them. Then the relay resumes. A row counts once the broker has acknowledged it with acks -1; the round ends when the table is empty. No other service runs. Warm-up: ${number(warmUpRows)} rows.`,
      'The snapshot is a repeatable read transaction that another session holds open during all rounds, so that vacuum cannot remove deleted rows.',
      'Afterwards the topic is read: it must contain every row, in order per key.',
    ],
    rowsPerSecond: rounded(alone),
    shareBesideSnapshot: share,
    backlogRowsPerSecond: rounded(rateOf('backlog of 1,000,000 rows')),
    runs: Object.fromEntries(found),
    targets: [
      {
        what: 'rows relayed',
        wanted: `≥ ${number(ROWS_PER_SECOND_WANTED)} rows/s`,
        measured: `${number(alone)} rows/s`,
        met: alone >= ROWS_PER_SECOND_WANTED,
      },
      {
        what: 'with an open snapshot, relative to that',
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
        title: 'Relay: rows per second',
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
