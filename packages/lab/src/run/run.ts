import { setTimeout as pause } from 'node:timers/promises';
import { cancelledIn } from '../measure/cancelled.js';
import {
  checkPromises,
  compensatedIn,
  completedIn,
  inconsistencyOf,
  leakedIn,
  type Measured,
  percentile,
  servedIn,
  splitIn,
} from '../measure/measure.js';
import { watchLocks } from '../measure/watch-locks.js';
import type { ProtocolConfig } from '../process/protocol-config.js';
import { byCard, halfHot, type Place, type SentOrder, sendOrders } from './customers.js';
import { FAULT_DURATION_MS, type Fault } from './faults.js';
import type { InjectedFault } from './inject.js';
import { type Databases, query } from './servers.js';

/** A shop that processes orders by a protocol and supports fault injection. */
export interface Runnable {
  readonly databases: Pick<Databases, 'urls' | 'superuserUrl'>;
  readonly place: Place;
  /** The base URL of the card processor, if one runs. */
  readonly providerUrl?: string;
  /** Whether anything completes the orders that a fault interrupted. Without it, a run does not wait for them. */
  recovers(): boolean;
  /** Injects a fault, waits for its duration, and repairs it. */
  inject(
    fault: Fault,
    durationMs: number,
    sentOrders: SentOrder[],
    print: (line: string) => void,
  ): Promise<InjectedFault>;
  /** Calls between processes so far. */
  calls(): Promise<number>;
  /** Deletes all orders, and fills the shop again, for another run on the same processes, by the same protocol or another one. */
  clear?(next?: ProtocolConfig): Promise<void>;
  /** Adds results that are not part of the answer to the order. */
  complete?(sentOrders: SentOrder[]): Promise<void>;
}

export interface RunOptions {
  readonly fault: Fault;
  readonly rate: number;
  /** Seconds of load before the fault, and again after it. */
  readonly calmSeconds: number;
  /** The least duration of the fault in milliseconds. */
  readonly durationMs?: number;
  readonly print: (line: string) => void;
}

const AT_REST_WITHIN_MS = 120_000;
/** Longer than the call timeout of 3 s: after that, no handler of a call that got no answer is still at work. */
const LAST_CALL_MS = 5_000;

/** Sends orders, injects the fault halfway, waits until the system is at rest, and measures. */
export async function runOn(shop: Runnable, options: RunOptions): Promise<Measured> {
  const { fault, rate, calmSeconds, durationMs = FAULT_DURATION_MS[fault], print } = options;
  const { databases } = shop;
  const sentOrders: SentOrder[] = [];
  const locks = watchLocks(databases.superuserUrl);
  const before = await costs(shop);
  const seconds = calmSeconds * 2 + durationMs / 1_000;
  const load = sendOrders(shop.place, { rate, seconds, orderAt: fault === 'outside' ? byCard : halfHot }, sentOrders);
  await pause(calmSeconds * 1_000);
  const injected = await shop.inject(fault, durationMs, sentOrders, print);
  const { settled } = await load;
  const idleAt = Date.now();
  await settled;
  if (shop.recovers()) await untilAtRest(databases);
  else await pause(LAST_CALL_MS);
  const restedAt = Date.now();
  await locks.stop();
  await shop.complete?.(sentOrders);
  const after = await costs(shop);
  const { books, verdicts } = await checkPromises(databases, shop.providerUrl);
  const status = new Map(books.orders.map((order) => [order.orderId, order.status]));
  const [from, to] = fault === 'none' ? [0, Number.POSITIVE_INFINITY] : [injected.from, injected.to];
  const latencies = sentOrders.flatMap(({ status, answeredAt, dueAt }) =>
    status === 'COMPLETED' && dueAt >= from && dueAt < to ? [answeredAt! - dueAt] : [],
  );
  // A counter that has decreased was reset by a crash: its value is the count since then.
  const per = (was: number, is: number) => Math.round(((is < was ? is : is - was) / sentOrders.length) * 10) / 10;
  return {
    orders: sentOrders.length,
    ...locks.seen(),
    blocked: injected.blocked,
    hotServed: share(servedIn(sentOrders, true, from, to)),
    coldServed: share(servedIn(sentOrders, false, from, to)),
    completed: { hot: completedIn(sentOrders, true, from, to), cold: completedIn(sentOrders, false, from, to) },
    cancelled: await cancelledIn(databases.urls.order!, sentOrders, from, to),
    open: books.orders.filter(({ endedAt }) => endedAt === null).length,
    split: splitIn(verdicts).size,
    inconsistentMs: await inconsistencyOf(databases.urls),
    compensated: share(compensatedIn(books)),
    lost: sentOrders.filter(
      (sent) => sent.status === 'COMPLETED' && status.get(sent.shopId ?? sent.orderId) !== 'COMPLETED',
    ).length,
    leaked: leakedIn(books),
    recoverySeconds: Math.round((restedAt - idleAt) / 100) / 10,
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
    const open = await openIn(urls);
    const prepared = await query(superuserUrl, 'select 1 from pg_prepared_xacts limit 1');
    const expiring = await recordsIn(urls.inventory, `kind in ('expiring', 'holds')`);
    const underWay = await recordsIn(urls.coordinators, `kind in ('sagas', 'tcc') or kind like 'under way%'`);
    // The choreography commits the stock and dispatches the parcel after the order has ended.
    const reserved = await query(urls.inventory!, `select 1 from reservations where status = 'reserved' limit 1`);
    const created = await query(urls.shipping!, `select 1 from shipments where status = 'created' limit 1`);
    if (open + reserved.length + created.length + prepared.length + expiring + underWay === 0) return;
    await pause(100);
  }
}

/** The number of orders that have not ended, without those that wait for an operator. */
async function openIn({ order, coordinators }: Databases['urls']): Promise<number> {
  const open = await query<{ id: string }>(
    order!,
    `select order_id::text as id from orders where status not in ('COMPLETED', 'CANCELLED')`,
  );
  if (open.length === 0 || !coordinators) return open.length;
  const left = await query<{ key: string }>(coordinators, `select key from lab_records where kind = 'interventions'`);
  const waiting = new Set(left.map(({ key }) => key));
  return open.filter(({ id }) => !waiting.has(id)).length;
}

/** Counters so far. The counters of a crashed process are lost: if a driver or PostgreSQL crashes, they are a lower bound. */
async function costs(shop: Runnable) {
  const { superuserUrl } = shop.databases;
  const [wal] = await query<{ bytes: string }>(superuserUrl, 'select wal_bytes as bytes from pg_stat_wal');
  const [commits] = await query<{ sum: string }>(superuserUrl, 'select sum(xact_commit) as sum from pg_stat_database');
  return { calls: await shop.calls(), commits: Number(commits!.sum), walBytes: Number(wal!.bytes) };
}
