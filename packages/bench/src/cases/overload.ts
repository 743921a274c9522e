import { setTimeout as pause } from 'node:timers/promises';
import { type Flooded, flood } from '../load/flood.js';
import { mixedOrder } from '../load/order-requests.js';
import { place } from '../load/place.js';
import { family } from '../measure/cpu.js';
import { memoryBytes } from '../measure/memory.js';
import { oneRow } from '../measure/statements.js';
import type { Findings, Target } from '../report/case-result.js';
import { percentile } from '../report/spread.js';
import { number, rounded } from '../report/words.js';
import { startQuadrille } from '../systems/quadrille.js';
import { demandPromises, type Shop } from '../systems/shop.js';
import { withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';

/** The flood, and the seconds in its middle during which the database is stopped. */
const WHOLE = { connections: 2_000, seconds: 60, stoppedSeconds: 20 };
const QUICK = { connections: 200, seconds: 10, stoppedSeconds: 3 };
const WARM_UP_ORDERS = 500;
const MEGABYTE = 1_048_576;
const MOST_MEGABYTES = 400;
const MOST_P99_MS = 5_000;
const MOST_LATE_PERCENT = 1;
const CALM_AFTER_MS = 10_000;
const CALM_WITHIN_MS = 2_000;
const TIMEOUT_MS = 300_000;

/** More requests than the system can process, and an unresponsive database for a third of the time. */
export const overloadCase: BenchCase = {
  name: 'overload',
  what: 'a flood of orders with the database stopped in between: accepted orders are processed, the rest is refused',
  run: runOverload,
};

async function runOverload({ sides, quick, print }: Assignment): Promise<Findings> {
  const { connections, seconds, stoppedSeconds } = quick ? QUICK : WHOLE;
  const how = [
    `${connections} customers, one connection each, order continuously for ${seconds} s; refused requests are retried immediately. ` +
      `For ${stoppedSeconds} s in between, all PostgreSQL processes are stopped (SIGSTOP).`,
    'Afterwards all orders are verified in the database, processed and audited. Deadlines and limits are the defaults of every service.',
  ];
  if (!sides.includes('quadrille')) return { how, targets: [], tables: [], charts: [] };
  const found = await withStarted(async (started) =>
    measure(await startQuadrille(started, { asDeployed: true }), quick ? QUICK : WHOLE),
  );
  print(`overload: ${number(found.accepted)} accepted, ${number(found.refused)} refused, ${found.latePercent} % late`);
  return { how, ...found, targets: targetsOf(found), tables: [tableOf(found)], charts: [] };
}

type Found = Awaited<ReturnType<typeof measure>>;

async function measure(shop: Shop, { connections, seconds, stoppedSeconds }: typeof WHOLE) {
  await place(shop.orderUrl, WARM_UP_ORDERS, mixedOrder);
  await shop.atRest(TIMEOUT_MS);
  const before = await orders(shop);
  const memory = watchMemory(shop.processes.order!);
  const flooding = flood(shop.orderUrl, connections, seconds);
  const outage = stopDatabase(shop, ((seconds - stoppedSeconds) / 2) * 1_000, stoppedSeconds * 1_000);
  const [flooded] = await Promise.all([flooding, outage]);
  const endedAt = performance.now();
  await pause(CALM_AFTER_MS);
  const calmMs = await oneOrder(shop);
  await shop.atRest(TIMEOUT_MS);
  const restMs = performance.now() - endedAt;
  const megabytes = rounded(memory.end() / MEGABYTE);
  await demandPromises(shop);
  return { ...figuresOf(flooded, before, await orders(shop)), ...{ calmMs, restMs: rounded(restMs), megabytes } };
}

interface Orders {
  readonly all: number;
  readonly late: number;
  readonly ids: readonly string[];
}

const orders = ({ databases }: Shop): Promise<Orders> =>
  oneRow<Orders>(
    databases.order!,
    `select count(*)::int as all, count(*) filter (where reason = 'deadline-passed')::int as late,
            coalesce(json_agg(order_id), '[]') as ids
     from orders`,
  );

function figuresOf({ orderIds, statuses, latencies, refusals }: Flooded, before: Orders, after: Orders) {
  const known = new Set(after.ids);
  const accepted = orderIds.length;
  return {
    accepted,
    refused: refusals.length,
    statuses,
    lost: orderIds.filter((id) => !known.has(id)).length,
    doubled: accepted - new Set(orderIds).size,
    // In the batch in progress when the database stopped: no answer could be sent.
    unreported: after.all - before.all - 1 - accepted,
    latePercent: rounded((100 * (after.late - before.late)) / Math.max(1, accepted)),
    p50: percentileOf(latencies, 0.5),
    p99: percentileOf(latencies, 0.99),
    refusalP50: percentileOf(refusals, 0.5),
    refusalP99: percentileOf(refusals, 0.99),
  };
}

/** 0 without values. */
const percentileOf = (values: Float64Array, share: number): number =>
  values.length === 0 ? 0 : rounded(percentile(values, share));

/** Stops the server and all its child processes for a while. */
async function stopDatabase({ processes }: Shop, afterMs: number, forMs: number): Promise<void> {
  await pause(afterMs);
  const pids = family(processes.postgres!);
  const signalAll = (signal: NodeJS.Signals) => {
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // The backend has ended.
      }
    }
  };
  signalAll('SIGSTOP');
  try {
    await pause(forMs);
  } finally {
    signalAll('SIGCONT');
  }
}

/** The duration of one order after the flood in milliseconds. */
async function oneOrder(shop: Shop): Promise<number> {
  const began = performance.now();
  await place(shop.orderUrl, 1, mixedOrder);
  return rounded(performance.now() - began);
}

function watchMemory(pids: readonly number[]): { end(): number } {
  let most = 0;
  const look = () => {
    most = Math.max(most, memoryBytes(pids) ?? 0);
  };
  const timer = setInterval(look, 1_000);
  return {
    end() {
      clearInterval(timer);
      return most;
    },
  };
}

const targetsOf = (found: Found): Target[] => [
  target('answered 202, then lost or duplicated', '0', found.lost + found.doubled, 0),
  target(
    'accepted orders cancelled by their deadline, %',
    `≤ ${MOST_LATE_PERCENT}`,
    found.latePercent,
    MOST_LATE_PERCENT,
  ),
  target('p99 of accepted orders, ms', `≤ ${number(MOST_P99_MS)}`, found.p99, MOST_P99_MS),
  target('memory of the order service, MB', `≤ ${MOST_MEGABYTES}`, found.megabytes, MOST_MEGABYTES),
  target('one order ten seconds after the flood, ms', `≤ ${number(CALM_WITHIN_MS)}`, found.calmMs, CALM_WITHIN_MS),
];

const target = (what: string, wanted: string, measured: number, most: number): Target => ({
  what,
  wanted,
  measured: number(measured),
  met: measured <= most,
});

const tableOf = (found: Found) => ({
  columns: [
    'accepted',
    'refused',
    'late, %',
    'p50 ms',
    'p99 ms',
    '503 p50 ms',
    '503 p99 ms',
    'memory MB',
    'at rest after s',
  ],
  rows: [
    [
      ...[found.accepted, found.refused, found.latePercent, found.p50, found.p99, found.refusalP50, found.refusalP99],
      ...[found.megabytes, rounded(found.restMs / 1_000)],
    ].map(number),
  ],
});
