import type pg from 'pg';
import type { Books, LedgerFacts, OrderEntry, PlumbingFacts, ReservationEntry } from './books.js';
import { linesIn } from './lines.js';

/** Reads the orders and their events. */
export async function readOrders(database: pg.Client): Promise<Pick<Books, 'orders' | 'orderEvents'>> {
  const orders = await database.query<Omit<OrderEntry, 'items'> & { details: string }>(`select ${ORDER} from orders`);
  const events = await database.query<{ id: string; at: number }>(
    'select event_id as id, (extract(epoch from at) * 1000)::float8 as at from order_events',
  );
  return { orders: orders.rows.map(orderOf), orderEvents: new Map(events.rows.map(({ id, at }) => [id, at])) };
}

/**
 * Columns for {@link orderOf}. The details are read as text: PostgreSQL's operators cannot parse every JSON value that a column
 * can store.
 */
export const ORDER = `
  order_id as "orderId", status, total::float8 as total, details::text as details, reason,
  (extract(epoch from placed_at) * 1000)::float8 as "placedAt", (extract(epoch from ended_at) * 1000)::float8 as "endedAt"`;

/** A row of `orders`. */
export const orderOf = ({
  details,
  ...order
}: Omit<OrderEntry, 'items'> & { readonly details: string }): OrderEntry => ({
  ...order,
  ...linesIn(details, 'items'),
});

/** Reads payments and ledger. */
export async function readPayments(database: pg.Client): Promise<Pick<Books, 'payments' | 'ledger'>> {
  const { rows } = await database.query(
    'select order_id as "orderId", status, method, amount::float8 as amount from payments',
  );
  return { payments: rows, ledger: { ...(await readLedgerSums(database)), ...(await readLedgerByOrder(database)) } };
}

type LedgerSums = Pick<LedgerFacts, 'transactions' | 'unbalanced' | 'unbalancedSums' | 'total' | 'accountsThatDiffer'>;

/** Maximum unbalanced transactions that are listed. */
const NAMED = 5;

/** The whole ledger, summed by the database. A credit is negative, so a customer's balance is the negated sum. */
export async function readLedgerSums(database: pg.Client): Promise<LedgerSums> {
  // Per currency: an extra pound and a missing euro are not 0.
  const whole = await database.query<Pick<LedgerFacts, 'transactions' | 'unbalanced' | 'unbalancedSums' | 'total'>>(
    `select count(distinct transaction_id)::int as transactions,
            (count(distinct transaction_id) filter (where sum <> 0))::int as unbalanced,
            coalesce((array_agg(transaction_id || ' sums to ' || sum || ' ' || currency order by transaction_id, currency)
                      filter (where sum <> 0))[:${NAMED}], '{}') as "unbalancedSums",
            coalesce(sum(sum), 0)::float8 as total
     from (select transaction_id, currency, sum(amount) as sum from ledger_postings group by 1, 2) each`,
  );
  const differing = await database.query<{ customer_id: string }>(
    `select a.customer_id from accounts a
     left join (select customer_id, -sum(amount) filter (where account = 'customer-available') as available,
                       -sum(amount) filter (where account = 'customer-held') as held
                from ledger_postings where customer_id is not null group by customer_id) p using (customer_id)
     where a.available <> coalesce(p.available, 0) or a.held <> coalesce(p.held, 0)`,
  );
  return { ...whole.rows[0]!, accountsThatDiffer: differing.rows.map((row) => row.customer_id) };
}

type LedgerByOrder = Pick<LedgerFacts, 'revenueByOrder' | 'heldByOrder' | 'capturesByOrder'>;

/** The ledger by order: of these orders, or of all. Revenue is a credit, and thus negative. */
export async function readLedgerByOrder(database: pg.Client, orderIds?: readonly string[]): Promise<LedgerByOrder> {
  const { rows } = await database.query<{ order_id: string; revenue: number; held: number; captures: number }>(
    `select order_id, -coalesce(sum(amount) filter (where account = 'revenue'), 0)::float8 as revenue,
            -coalesce(sum(amount) filter (where account = 'customer-held'), 0)::float8 as held,
            (count(*) filter (where account = 'revenue' and amount < 0))::int as captures
     from ledger_postings where order_id is not null and ($1::uuid[] is null or order_id = any($1)) group by order_id`,
    [orderIds ?? null],
  );
  return {
    revenueByOrder: new Map(rows.map((row) => [row.order_id, row.revenue])),
    heldByOrder: new Map(rows.map((row) => [row.order_id, row.held])),
    capturesByOrder: new Map(rows.map((row) => [row.order_id, row.captures])),
  };
}

/** Reads stock and reservations. */
export async function readInventory(database: pg.Client): Promise<Pick<Books, 'stock' | 'reservations'>> {
  const stock = await database.query(
    `select sku, received::float8 as received, available::float8 as available, reserved::float8 as reserved,
            sold::float8 as sold from stock`,
  );
  return { stock: stock.rows, reservations: await readReservations(database) };
}

/** Reservations of these orders, or of all. */
export async function readReservations(
  database: pg.Client,
  orderIds?: readonly string[],
): Promise<readonly ReservationEntry[]> {
  const { rows } = await database.query<{ orderId: string; status: string; items: string }>(
    `select order_id as "orderId", status, items::text as items from reservations
      where $1::uuid[] is null or order_id = any($1)`,
    [orderIds ?? null],
  );
  return rows.map(({ orderId, status, items }) => ({ orderId, status, ...linesIn(items) }));
}

/** Reads the shipments. */
export async function readShipments(database: pg.Client): Promise<Pick<Books, 'shipments'>> {
  const { rows } = await database.query('select order_id as "orderId", status from shipments');
  return { shipments: rows };
}

/** Reads the pending rows of a service's outbox, and its parked messages. */
export async function readPlumbing(service: string, database: pg.Client): Promise<PlumbingFacts> {
  const { rows } = await database.query<Omit<PlumbingFacts, 'service'>>(
    `select (select coalesce(sum(size), 0)::float8 from outbox) as "outboxPending",
            (select count(*)::int from outbox_dead) as "outboxDead",
            (select count(*)::int from parked where state = 'retrying') as "parkedRetrying",
            (select count(*)::int from parked where state = 'queued') as "parkedQueued",
            (select count(*)::int from parked where state = 'dead') as "parkedDead"`,
  );
  return { service, ...rows[0]! };
}

/** `step message` of every accepted message of a service. */
export async function readAccepted(database: pg.Client): Promise<Set<string>> {
  const { rows } = await database.query<{ accepted: string }>(
    "select step || ' ' || message_id as accepted from inbox",
  );
  return new Set(rows.map((row) => row.accepted));
}
