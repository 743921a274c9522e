import {
  type Books,
  PROMISES,
  readCharges,
  readInventory,
  readOrders,
  readPayments,
  readShipments,
  type Verdict,
} from '@quadrille/audit';
import { cloudEventType } from '@quadrille/choreography';
import { OrderCancelled, OrderCompleted } from '@quadrille/contracts';
import pg from 'pg';
import type { SentOrder } from '../run/customers.js';
import { type Databases, query } from '../run/servers.js';

/** The measurements of one run. */
export interface Measured {
  readonly orders: number;
  /** The longest time for which a prepared transaction held its locks. */
  readonly heldSeconds: number;
  /** The same, of the second coordinator, which no fault stops. If it is longer than a timeout of a participant, that timeout was too early. */
  readonly livingHeldSeconds: number;
  /** Transactions prepared before the fault whose locks were still held at its end: they waited for its repair. */
  readonly blocked: number;
  /** Of the orders due during the fault, the share that completed within 2 s. */
  readonly hotServed: number;
  readonly coldServed: number;
  /** Of the same orders, the number that completed before the end of the fault, however long they took. */
  readonly completed: { readonly hot: number; readonly cold: number };
  /** Of the same orders, the number of cancellations per reason. */
  readonly cancelled: Readonly<Record<string, number>>;
  /** Orders that have not ended. */
  readonly open: number;
  /** Orders whose services contradict each other at rest. */
  readonly split: number;
  /** Per order: milliseconds between its first and its last final effect. */
  readonly inconsistentMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** The share of cancelled orders that had a visible effect before. */
  readonly compensated: number;
  /** Orders answered COMPLETED that are not completed. */
  readonly lost: number;
  /** Cards charged, or with money held, for an order that is not completed. Above 0, cards are outside the scope of the guarantee. */
  readonly leaked: number;
  /** From the end of the fault until the last order ended. */
  readonly recoverySeconds: number;
  /** Of the orders due during the fault that completed: the time that the customer waited. */
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  readonly perOrder: { readonly calls: number; readonly commits: number; readonly walBytes: number };
  readonly promises: readonly Verdict[];
}

const ENDINGS = Object.fromEntries(
  [OrderCompleted, OrderCancelled].map((event) => [cloudEventType(event), event.name]),
);
const SERVED_WITHIN_MS = 2_000;
/** The sixth promise concerns topics. A protocol without topics must leave no prepared transaction instead. */
const [ENDS, COMPLETED, CANCELLED, STOCK, MONEY, , AGREE] = PROMISES;

/** The auditor's promises, checked on the four databases at rest. The order service's own events replace its topic. */
export async function checkPromises(
  { urls, superuserUrl }: Pick<Databases, 'urls' | 'superuserUrl'>,
  providerUrl?: string,
): Promise<{ books: Books; verdicts: Verdict[] }> {
  const of = async <T>(service: string, read: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: urls[service] });
    await client.connect();
    try {
      return await read(client);
    } finally {
      await client.end();
    }
  };
  const endings = await query<{ id: string; type: string }>(
    urls.order!,
    'select stream_id::text as id, type from order_events where type = any($1::text[])',
    [Object.keys(ENDINGS)],
  );
  const orders = await of('order', readOrders);
  const { payments, ledger } = await of('payment', readPayments);
  const placed = new Set(orders.orders.map(({ orderId }) => orderId));
  const paid = new Set(payments.map(({ orderId }) => orderId));
  const books: Books = {
    ...orders,
    // A commit protocol cancels without calling payment, where the choreography leaves a tombstone.
    payments: [
      ...payments,
      ...orders.orders
        .filter(({ orderId, status }) => status === 'CANCELLED' && !paid.has(orderId))
        .map(({ orderId }) => ({ orderId, status: 'voided', method: 'account' as const, amount: 0 })),
    ],
    ledger,
    ...(await of('inventory', readInventory)),
    ...(await of('shipping', readShipments)),
    // The card processor also has the charges of earlier runs.
    charges: providerUrl ? (await readCharges(providerUrl)).filter(({ reference }) => placed.has(reference)) : [],
    plumbing: [],
    accepted: new Map(),
    removed: { records: 0, until: Number.NEGATIVE_INFINITY },
    unreadable: [],
    records: endings.map(({ id, type }, nth) => ({
      topic: 'order_events',
      place: String(nth),
      eventId: String(nth),
      type: ENDINGS[type]!,
      service: 'order',
      step: '',
      key: id,
      correlationId: id,
      causationId: null,
      at: 0,
    })),
  };
  const verdicts = [ENDS, COMPLETED, CANCELLED, STOCK, MONEY, AGREE].map((promise) => promise!(books));
  const left = await query(superuserUrl, `select gid from pg_prepared_xacts where gid like 'lab:%'`);
  verdicts.push({
    promise: 'no prepared transaction remains',
    holds: left.length === 0,
    checked: { prepared: left.length },
    violations: left.map(({ gid }) => `${gid} is still prepared`),
  });
  return { books, verdicts };
}

const ID = /[0-9a-f]{8}-[0-9a-f-]{27}/g;
/** The orders that promises 2, 3 and 7 name. */
export const splitIn = (verdicts: readonly Verdict[]): Set<string> =>
  new Set([1, 2, 5].flatMap((at) => verdicts[at]!.violations.flatMap((text) => text.match(ID) ?? [])));

/** Of the cancelled orders, the share for which at least one service had committed a forward effect. */
export function compensatedIn({ orders, payments, reservations, shipments }: Books): number {
  const cancelled = orders.filter(({ status }) => status === 'CANCELLED');
  const seen = new Set([
    ...payments
      .filter(({ status, amount }) => ['voided', 'refunded'].includes(status) && amount > 0)
      .map(({ orderId }) => orderId),
    ...reservations
      .filter(({ status, items }) => status === 'released' && items.length > 0)
      .map(({ orderId }) => orderId),
    ...shipments.filter(({ status }) => status === 'cancelled').map(({ orderId }) => orderId),
  ]);
  return cancelled.length === 0 ? 0 : cancelled.filter(({ orderId }) => seen.has(orderId)).length / cancelled.length;
}

/** Counts the charges of orders that are not completed. */
export function leakedIn({ charges, orders }: Books): number {
  const completed = new Set(orders.filter(({ status }) => status === 'COMPLETED').map(({ orderId }) => orderId));
  return charges.filter(({ reference, held, net }) => held + net > 0 && !completed.has(reference)).length;
}

/** Uses the commit timestamps of the four rows: one cluster, one clock, no sampling. */
export async function inconsistencyOf(urls: Databases['urls']): Promise<Measured['inconsistentMs']> {
  const at = `select order_id::text as id, extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000 as at from`;
  const rows = [
    ...(await query(urls.order!, `${at} orders where status = 'COMPLETED'`)),
    ...(await query(urls.payment!, `${at} payments where status = 'captured'`)),
    ...(await query(urls.inventory!, `${at} reservations where status = 'committed'`)),
    ...(await query(urls.shipping!, `${at} shipments where status = 'dispatched'`)),
  ];
  const times = new Map<string, number[]>();
  for (const { id, at } of rows) times.set(id, [...(times.get(id) ?? []), Number(at)]);
  const spans = [...times.values()]
    .filter(({ length }) => length === 4)
    .map((all) => Math.max(...all) - Math.min(...all));
  return { p50: percentile(spans, 50), p99: percentile(spans, 99), max: percentile(spans, 100) };
}

/** Returns 0 for an empty list. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1);
  return Math.round((sorted[at] ?? 0) * 10) / 10;
}

/** The share of these orders that completed within 2 s of their due time and before `to`, so not because of the repair. 1 for an empty list. */
export function servedIn(sentOrders: readonly SentOrder[], hot: boolean, from: number, to: number): number {
  const due = dueIn(sentOrders, hot, from, to);
  return due.length === 0 ? 1 : due.filter((sent) => isDone(sent, to, SERVED_WITHIN_MS)).length / due.length;
}

/** The number of orders due in that time that completed in it. */
export const completedIn = (sentOrders: readonly SentOrder[], hot: boolean, from: number, to: number): number =>
  dueIn(sentOrders, hot, from, to).filter((sent) => isDone(sent, to)).length;

const dueIn = (sentOrders: readonly SentOrder[], hot: boolean, from: number, to: number): SentOrder[] =>
  sentOrders.filter((sent) => sent.hot === hot && sent.dueAt >= from && sent.dueAt < to);

const isDone = ({ status, answeredAt, dueAt }: SentOrder, to: number, withinMs = Number.POSITIVE_INFINITY): boolean =>
  status === 'COMPLETED' && answeredAt! - dueAt <= withinMs && answeredAt! <= to;
