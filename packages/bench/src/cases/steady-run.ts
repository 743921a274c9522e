import { setTimeout as pause } from 'node:timers/promises';
import { openLoop } from '../load/open-loop.js';
import { endingsSince } from '../measure/endings.js';
import { sum } from '../measure/figures.js';
import { beginWindow } from '../measure/window.js';
import { percentile } from '../report/spread.js';
import { rounded } from '../report/words.js';
import type { Shop } from '../systems/shop.js';
import { drainHeld } from './drain-run.js';

/** The results of a steady load. Latencies in milliseconds, from the due time of an order to the commit that ended it. */
export interface Steady {
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** Of all measured processes together during the load. */
  readonly cpuCores: number;
  readonly cpuMicrosPerSaga: number;
}

/** Drained first, so that the JIT compilers are done, as in a service that has run for a while. */
const DRAINED = { warmUp: 0, orders: 5_000, cancels: false };
/** Rest after the drain. Without it, PostgreSQL took 14 ms of CPU per order at the first rate instead of 4, probably to close connections of the pools. */
const POOLS_SHRINK_MS = 12_000;
/** Then carried one by one: a drain compiles only the code of full batches. Without it, the shop took 63 ms of CPU per order at the first rate instead of 39. */
const ONE_BY_ONE = { perSecond: 30, seconds: 60 };
/** Warm-up before each rate. */
const RUN_IN_SECONDS = 3;
const TIMEOUT_MS = 120_000;

/** Warms up a system that has just started; `drains` is false for a system that would take minutes to drain. */
export async function warmUp(shop: Shop, { drains = true } = {}): Promise<void> {
  if (drains) {
    await drainHeld(shop, DRAINED, DRAINED.orders);
    await pause(POOLS_SHRINK_MS);
  }
  await openLoop(shop.orderUrl, ONE_BY_ONE.perSecond, ONE_BY_ONE.seconds);
}

/** Runs in, then measures one rate. */
export async function steady(shop: Shop, ratePerSecond: number, seconds: number): Promise<Steady> {
  await openLoop(shop.orderUrl, ratePerSecond, Math.min(RUN_IN_SECONDS, seconds));
  await shop.atRest(TIMEOUT_MS);
  const since = new Date();
  const end = await beginWindow(shop);
  const due = await openLoop(shop.orderUrl, ratePerSecond, seconds);
  await shop.atRest(TIMEOUT_MS);
  const used = await end();
  const ended = new Map(
    (await endingsSince(shop.databases.order!, since)).map(({ orderId, endedAt }) => [orderId, endedAt]),
  );
  const latencies = Float64Array.from(due, ({ orderId, dueAt }) => latency(orderId, dueAt, ended)).sort();
  const micros = sum(used.cpuMicros);
  return {
    ratePerSecond,
    seconds,
    p50: rounded(percentile(latencies, 0.5)),
    p95: rounded(percentile(latencies, 0.95)),
    p99: rounded(percentile(latencies, 0.99)),
    max: rounded(percentile(latencies, 1)),
    cpuCores: rounded(micros / 1_000_000 / used.seconds),
    cpuMicrosPerSaga: rounded(micros / due.length),
  };
}

function latency(orderId: string, dueAt: number, ended: ReadonlyMap<string, number>): number {
  const endedAt = ended.get(orderId);
  if (endedAt === undefined) throw new Error(`Order ${orderId} has not ended.`);
  return endedAt - dueAt;
}
