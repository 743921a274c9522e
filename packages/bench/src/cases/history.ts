import { oneRow } from '../measure/one-row.js';
import { databaseOf, withDatabase } from '../measure/with-database.js';

/** Ids of history begin with this; no new id does, since those begin with the time. */
const LEAST = 'f0000000-0000-0000-0000-000000000000';

/** An id of the history: kind and number, always the same. */
const id = (kind: string, n = 'n'): string => `('f' || substr(md5('${kind} ' || ${n}), 2))::uuid`;

const ITINERARY = `
  json_build_object(
    'orderId', ${id('order')}, 'customerId', ${id('customer', '(n % 1000)')},
    'items', json_build_array(json_build_object('sku', 'BENCH-001', 'quantity', 1, 'unitPrice', 1250)),
    'total', 1250, 'currency', 'GBP', 'payment', json_build_object('method', 'account'),
    'shippingAddress', json_build_object('name', 'Ada Lovelace', 'line1', '12 St James’s Square', 'city', 'London',
                                         'postalCode', 'SW1Y 4JH', 'country', 'GB'))`;
const AT = `now() - interval '1 hour' + n * interval '3 milliseconds'`;
const SERIES = 'generate_series($1::int, $2::int) as n';

const inbox = (step: string): string =>
  `insert into inbox (message_id, step, accepted_at) select ${id(step)}, '${step}', ${AT} from ${SERIES}`;

/** What an order that has completed leaves in each database. */
const STATEMENTS: Readonly<Record<string, readonly string[]>> = {
  order: [
    `insert into orders (order_id, customer_id, status, total, currency, itinerary, placed_at, ended_at, version)
     select ${id('order')}, ${id('customer', '(n % 1000)')}, 'COMPLETED', 1250, 'GBP', ${ITINERARY}, ${AT}, ${AT}, 2 from ${SERIES}`,
    `insert into order_events (stream_id, version, event_id, type, data, at)
     select ${id('order')}, v, ('f' || substr(md5('event ' || n || v), 2))::uuid,
            case v when 1 then 'quadrille.order.created.v2' else 'quadrille.order.completed.v1' end, ${ITINERARY}, ${AT}
     from ${SERIES}, generate_series(1, 2) as v`,
    inbox('complete-order'),
  ],
  payment: [
    `insert into payments (order_id, status, method, amount, currency, customer_id, created_at, changed_at)
     select ${id('order')}, 'captured', 'account', 1250, 'GBP', ${id('customer', '(n % 1000)')}, ${AT}, ${AT} from ${SERIES}`,
    `insert into ledger_postings (transaction_id, account, customer_id, amount, currency, order_id, at)
     select ('f' || substr(md5('posting ' || n || t), 2))::uuid, account,
            case when account like 'customer-%' then ${id('customer', '(n % 1000)')} end, amount, 'GBP', ${id('order')}, ${AT}
     from ${SERIES},
          (values (1, 'customer-available', 1250), (1, 'customer-held', -1250), (2, 'customer-held', 1250), (2, 'revenue', -1250))
            as lines (t, account, amount)`,
    inbox('authorize-payment'),
    inbox('capture-payment'),
  ],
  inventory: [
    `insert into reservations (order_id, status, items, created_at, changed_at)
     select ${id('order')}, 'committed', '[{"sku": "BENCH-001", "quantity": 1, "unitPrice": 1250}]', ${AT}, ${AT} from ${SERIES}`,
    inbox('reserve-inventory'),
    inbox('commit-inventory'),
  ],
  shipping: [
    `insert into shipments (order_id, status, tracking_number, destination, created_at, changed_at)
     select ${id('order')}, 'dispatched', 'BENCH' || n, 'GB', ${AT}, ${AT} from ${SERIES}`,
    inbox('create-shipment'),
    inbox('dispatch-shipment'),
  ],
};

/** Which tables hold history, and by which column it is told. */
const TABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  order: { orders: 'order_id', order_events: 'event_id', inbox: 'message_id' },
  payment: { payments: 'order_id', ledger_postings: 'transaction_id', inbox: 'message_id' },
  inventory: { reservations: 'order_id', inbox: 'message_id' },
  shipping: { shipments: 'order_id', inbox: 'message_id' },
};

const CHUNK = 100_000;

/** Writes `orders` completed orders into every database, as many rows as they would have left, then lets the planner look. */
export async function writeHistory(databases: Readonly<Record<string, string>>, orders: number): Promise<void> {
  for (const [service, statements] of Object.entries(STATEMENTS)) {
    for (let from = 1; from <= orders; from += CHUNK) {
      for (const statement of statements) {
        await oneRow(databases[service]!, statement, [from, Math.min(orders, from + CHUNK - 1)]);
      }
    }
    await oneRow(databases[service]!, 'vacuum analyze');
  }
}

/**
 * Takes the history away again before the audit, which is about what was really done: nobody ever said the events of history. Not by
 * delete, which would take as long as the writing, but by keeping the other rows; as the superuser, since ledger and events are append-only.
 */
export async function removeHistory(superuserUrl: string): Promise<void> {
  for (const [service, tables] of Object.entries(TABLES)) {
    await withDatabase(databaseOf(superuserUrl, service), async (client) => {
      await client.query('set session_replication_role = replica');
      for (const [table, column] of Object.entries(tables)) {
        await client.query('begin');
        await client.query(
          `create temporary table kept on commit drop as select * from ${table} where ${column} < '${LEAST}'`,
        );
        await client.query(`truncate ${table}`);
        await client.query(`insert into ${table} select * from kept`);
        await client.query('commit');
      }
    });
  }
}
