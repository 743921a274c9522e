import type { OrderEntry } from '../books.js';
import type { Snapshot } from './snapshot.js';

const PAGE = 1_000;

/** An order with the ids of what the order service said of it. */
export interface Touched extends OrderEntry {
  readonly events: readonly string[];
}

const ORDERS = `
  declare touched no scroll cursor for
  select order_id as "orderId", status, total::float8 as total, itinerary->'items' as items, reason,
         (extract(epoch from placed_at) * 1000)::float8 as "placedAt", (extract(epoch from ended_at) * 1000)::float8 as "endedAt"
    from orders
   where status in ('PLACED', 'CANCELLING') or ended_at > $1 or order_id = any($2::uuid[])`;

const EVENTS = `
  select stream_id as "orderId", array_agg(event_id) as events
    from order_events where stream_id = any($1::uuid[]) group by stream_id`;

/** Pages of the orders that are open, that ended after `since`, or that are named. */
export async function* touchedOrders(
  snapshot: Snapshot,
  since: Date | undefined,
  named: readonly string[],
): AsyncGenerator<readonly Touched[]> {
  const order = snapshot.of('order');
  const after = since ? `'${since.toISOString()}'::timestamptz` : "'-infinity'::timestamptz";
  // A cursor takes no parameters by the simple way; ids come from the database itself.
  await order.query(ORDERS.replace('$1', after).replace('$2', `'{${named.filter(isId).join()}}'`));
  for (;;) {
    const { rows } = await order.query<OrderEntry>(`fetch ${PAGE} from touched`);
    if (rows.length === 0) break;
    const events = await order.query<{ orderId: string; events: string[] }>(EVENTS, [rows.map((row) => row.orderId)]);
    const byOrder = new Map(events.rows.map((row) => [row.orderId, row.events]));
    yield rows.map((row) => ({ ...row, events: byOrder.get(row.orderId) ?? [] }));
  }
  await order.query('close touched');
}

const isId = (text: string): boolean => /^[0-9a-f-]{36}$/.test(text);

const CHANGED = {
  payment: `select order_id as id from payments where changed_at > $1
            union select order_id from ledger_postings where at > $1 and order_id is not null`,
  inventory: 'select order_id as id from reservations where changed_at > $1',
  shipping: 'select order_id as id from shipments where changed_at > $1',
} as const;

/** Orders of which somebody has written something after `since`: also of those that ended long ago. */
export async function changedOrders(snapshot: Snapshot, since: Date): Promise<string[]> {
  const found: string[] = [];
  for (const [service, text] of Object.entries(CHANGED) as [keyof typeof CHANGED, string][]) {
    const { rows } = await snapshot.of(service).query<{ id: string }>(text, [since]);
    found.push(...rows.map(({ id }) => id));
  }
  return found;
}

/** Which of these ids still wait in the outbox of the order service. */
export async function unsentOf(snapshot: Snapshot, eventIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (eventIds.length === 0) return new Set();
  const { rows } = await snapshot.of('order').query<{ id: string }>(
    `select headers->>'ce_id' as id from outbox_records where headers->>'ce_id' = any($1::text[])
       union all select headers->>'ce_id' from outbox_dead where headers->>'ce_id' = any($1::text[])`,
    [eventIds],
  );
  return new Set(rows.map(({ id }) => id));
}
