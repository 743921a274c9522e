import { setTimeout as pause } from 'node:timers/promises';
import {
  inPartOf,
  judge,
  leakedIn,
  type Measured,
  percentile,
  servedIn,
  splitIn,
  takenBackIn,
} from '../measure/measure.js';
import { watchLocks } from '../measure/watch-locks.js';
import { byCard, halfHot, type Place, type Sent, sendOrders } from './customers.js';
import { type Fault, LASTS_MS } from './faults.js';
import { type Databases, query } from './servers.js';

/** A shop that processes orders by a protocol and supports fault injection. */
export interface Runnable {
  readonly databases: Pick<Databases, 'urls' | 'superuserUrl'>;
  readonly place: Place;
  /** The base URL of the card processor, if one runs. */
  readonly providerUrl?: string;
  /** Injects a fault, waits for its duration, and repairs it. Resolves with the start of the fault in epoch milliseconds. */
  strike(fault: Fault, book: Sent[], say: (line: string) => void): Promise<number>;
  /** Calls between processes so far. */
  calls(): Promise<number>;
  /** Adds results that are not part of the answer to the order. */
  complete?(book: Sent[]): Promise<void>;
}

export interface RunOptions {
  readonly fault: Fault;
  readonly rate: number;
  /** Seconds of load before the fault, and again after it. */
  readonly calmSeconds: number;
  readonly say: (line: string) => void;
}

const AT_REST_WITHIN_MS = 30_000;

/** Sends orders, injects the fault halfway, waits until the system is at rest, and measures. */
export async function runOn(shop: Runnable, options: RunOptions): Promise<Measured> {
  const { fault, rate, calmSeconds, say } = options;
  const { databases } = shop;
  const book: Sent[] = [];
  const locks = watchLocks(databases.superuserUrl);
  const before = await costs(shop);
  const seconds = calmSeconds * 2 + LASTS_MS[fault] / 1_000;
  const load = sendOrders(shop.place, { rate, seconds, orderAt: fault === 'outside' ? byCard : halfHot }, book);
  await pause(calmSeconds * 1_000);
  const struckAt = await shop.strike(fault, book, say);
  const mendedAt = Date.now();
  await (await load).settled;
  await untilAtRest(databases);
  const restedAt = Date.now();
  await locks.stop();
  await shop.complete?.(book);
  const after = await costs(shop);
  const { books, verdicts } = await judge(databases, shop.providerUrl);
  const status = new Map(books.orders.map((order) => [order.orderId, order.status]));
  const [from, to] = fault === 'none' ? [0, Number.POSITIVE_INFINITY] : [struckAt, struckAt + LASTS_MS[fault]];
  const latencies = book.flatMap(({ status, answeredAt, dueAt }) =>
    status === 'COMPLETED' ? [answeredAt! - dueAt] : [],
  );
  const per = (was: number, is: number) => Math.round(((is - was) / book.length) * 10) / 10;
  return {
    orders: book.length,
    heldSeconds: locks.heldSeconds(),
    hotServed: share(servedIn(book, true, from, to)),
    coldServed: share(servedIn(book, false, from, to)),
    open: books.orders.filter(({ endedAt }) => endedAt === null).length,
    split: splitIn(verdicts).size,
    inPartMs: await inPartOf(databases.urls),
    takenBack: share(takenBackIn(books)),
    lost: book.filter((sent) => sent.status === 'COMPLETED' && status.get(sent.shopId ?? sent.orderId) !== 'COMPLETED')
      .length,
    leaked: leakedIn(books),
    recoverySeconds: Math.max(
      0,
      Math.round((restedAt - Math.max(mendedAt, struckAt + calmSeconds * 1_000)) / 100) / 10,
    ),
    latencyMs: { p50: percentile(latencies, 50), p99: percentile(latencies, 99) },
    perOrder: {
      calls: per(before.calls, after.calls),
      commits: per(before.commits, after.commits),
      walBytes: Math.round(per(before.walBytes, after.walBytes)),
    },
    promises: verdicts,
  };
}

const share = (of: number): number => Math.round(of * 1_000) / 1_000;

/** The number of such records of a protocol; 0 in a system that is not of the lab. */
const recordsIn = async (url: string | undefined, condition: string): Promise<number> =>
  url ? (await query(url, `select 1 from lab_records where ${condition} limit 1`).catch(() => [])).length : 0;

/** Waits until no order is open and no transaction prepared. After the limit it returns; the promises then report the remaining faults. */
export async function untilAtRest({ urls, superuserUrl }: Runnable['databases']): Promise<void> {
  const deadline = Date.now() + AT_REST_WITHIN_MS;
  while (Date.now() < deadline) {
    const open = await query(
      urls.order!,
      `select 1 from orders where status not in ('COMPLETED', 'CANCELLED') limit 1`,
    );
    const prepared = await query(superuserUrl, 'select 1 from pg_prepared_xacts limit 1');
    const expiring = await recordsIn(urls.inventory, `kind in ('expiring', 'holds')`);
    const underWay = await recordsIn(urls.coordinators, `kind in ('sagas', 'tcc') or kind like 'under way%'`);
    if (open.length + prepared.length + expiring + underWay === 0) return;
    await pause(100);
  }
}

/** Counters so far. The counters of a crashed process are lost: if a driver crashes, calls are a lower bound. */
async function costs(shop: Runnable) {
  const { superuserUrl } = shop.databases;
  const [wal] = await query<{ bytes: string }>(superuserUrl, 'select wal_bytes as bytes from pg_stat_wal');
  const [commits] = await query<{ sum: string }>(superuserUrl, 'select sum(xact_commit) as sum from pg_stat_database');
  return { calls: await shop.calls(), commits: Number(commits!.sum), walBytes: Number(wal!.bytes) };
}
