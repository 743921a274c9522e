import { openLoop } from '../load/open-loop.js';
import { endingsSince } from '../measure/endings.js';
import { sum } from '../measure/figures.js';
import { beginWindow } from '../measure/window.js';
import { percentile } from '../report/spread.js';
import { rounded } from '../report/words.js';
import type { Shop } from '../systems/shop.js';

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

/** Warm-up before each rate. */
const RUN_IN_SECONDS = 3;
const TIMEOUT_MS = 120_000;

/** Warms up, then measures one rate. */
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
