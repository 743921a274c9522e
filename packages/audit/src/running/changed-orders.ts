import type { OrderEntry } from '../books.js';
import { ORDER, orderOf } from '../read-services.js';
import type { Snapshot } from './snapshot.js';

/** Orders per page, judged together with all their rows in the services. */
const PAGE = 500;

/** An order with its events: ids, and times in ms since 1970. */
export interface ChangedOrder extends OrderEntry {
  readonly events: ReadonlyMap<string, number>;
}

const OPEN = "status in ('PLACED', 'CANCELLING') or ended_at is null";

/**
 * Pages of the orders that are open or ended after `since`, in the order of endings, so that completed pages cover a time range.
 */
export async function* readChangedOrders(
  snapshot: Snapshot,
  since: Date | undefined,
): AsyncGenerator<readonly ChangedOrder[]> {
  const after = since ? ` or ended_at > ${literal(since)}` : ' or true';
  const changed = `select order_id as id from orders where ${OPEN}${after} order by ended_at nulls last`;
  for await (const ids of pagesOf(snapshot, 'order', changed)) {
    const byId = new Map((await ordersOf(snapshot, ids)).map((order) => [order.orderId, order]));
    yield ids.flatMap((id) => byId.get(id) ?? []);
  }
}

/** Those of these orders that {@link readChangedOrders} omits. */
export async function* otherOrders(
  snapshot: Snapshot,
  since: Date,
  ids: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
): AsyncGenerator<readonly ChangedOrder[]> {
  for await (const some of ids) {
    const page = await ordersOf(snapshot, some, ` and not (${OPEN} or ended_at > ${literal(since)})`);
    if (page.length > 0) yield page;
  }
}

async function ordersOf(snapshot: Snapshot, ids: readonly string[], and = ''): Promise<ChangedOrder[]> {
  const order = snapshot.of('order');
  const { rows } = await order.query<Parameters<typeof orderOf>[0]>(
    `select ${ORDER} from orders where order_id = any($1::uuid[])${and}`,
    [ids],
  );
  const events = await order.query<{ orderId: string; id: string; at: number }>(
    `select stream_id as "orderId", event_id as id, (extract(epoch from at) * 1000)::float8 as at
       from order_events where stream_id = any($1::uuid[])`,
    [rows.map(({ orderId }) => orderId)],
  );
  const byOrder = new Map(rows.map(({ orderId }) => [orderId, new Map<string, number>()]));
  for (const { orderId, id, at } of events.rows) byOrder.get(orderId)?.set(id, at);
  return rows.map((row) => ({ ...orderOf(row), events: byOrder.get(row.orderId)! }));
}

const CHANGED = {
  payment: (since: string) => `select order_id as id from payments where changed_at > ${since}
      union all select distinct order_id from ledger_postings where at > ${since} and order_id is not null`,
  inventory: (since: string) => `select order_id as id from reservations where changed_at > ${since}`,
  shipping: (since: string) => `select order_id as id from shipments where changed_at > ${since}`,
} as const;

/** Pages of the orders that a service changed after `since`, including those that ended long ago. Some occur twice. */
export async function* changedOrders(snapshot: Snapshot, since: Date): AsyncGenerator<readonly string[]> {
  for (const service of ['payment', 'inventory', 'shipping'] as const) {
    yield* pagesOf(snapshot, service, CHANGED[service](literal(since)));
  }
}

/** Pages of some ids. */
export function* chunksOf<Item>(items: Iterable<Item>, size = PAGE): Generator<readonly Item[]> {
  let chunk: Item[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** Pages of any number of ids, with one page in memory. */
async function* pagesOf(
  snapshot: Snapshot,
  service: 'order' | 'payment' | 'inventory' | 'shipping',
  select: string,
): AsyncGenerator<readonly string[]> {
  const database = snapshot.of(service);
  await database.query(`declare pages no scroll cursor for ${select}`);
  for (;;) {
    const { rows } = await database.query<{ id: string }>(`fetch ${PAGE} from pages`);
    if (rows.length === 0) break;
    yield rows.map(({ id }) => id);
  }
  await database.query('close pages');
}

/** A cursor takes no parameters. */
const literal = (moment: Date): string => `'${moment.toISOString()}'::timestamptz`;

// Searched as text: rows with invalid JSON, or JSON that PostgreSQL cannot parse, are covered as well.
const CE_ID = `'"ce_id"\\s*:\\s*"([^"\\\\]*)"'`;
const UNSENT = `
  select id from (
    select (regexp_matches(case when starts_with(records, e'\\n') then split_part(records, e'\\n', 2) else records end, ${CE_ID}, 'g'))[1] as id
      from outbox
    union all
    select (regexp_matches(headers::text, ${CE_ID}, 'g'))[1] from outbox_dead
  ) each where id = any($1::text[])`;

/** Returns those of these ids that still wait in the outbox of the order service. */
export async function unsentOf(snapshot: Snapshot, eventIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (eventIds.length === 0) return new Set();
  const { rows } = await snapshot.of('order').query<{ id: string }>(UNSENT, [eventIds]);
  return new Set(rows.map(({ id }) => id));
}
