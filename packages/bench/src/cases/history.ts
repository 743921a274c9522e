import { oneRow } from '../measure/statements.js';
import { databaseOf, withDatabase } from '../measure/with-database.js';

/** The id range of the history. No other ids are in it, and they are ordered by time as real order ids are. */
const FIRST = '00f00000-0000-0000-0000-000000000000';
const BEYOND = '00f00001-0000-0000-0000-000000000000';

/** An SQL expression for an id of the history: a kind (four hexadecimal digits, as SQL) and a number. */
const id = (kind: string, n = 'n'): string =>
  `('00f00000-' || ${kind} || '-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
const ORDER = id("'0001'");
const CUSTOMER = id("'0002'", '(n % 1000)');

const ITINERARY = `
  json_build_object(
    'orderId', ${ORDER}, 'customerId', ${CUSTOMER},
    'items', json_build_array(json_build_object('sku', 'BENCH-001', 'quantity', 1, 'unitPrice', 1250)),
    'total', 1250, 'currency', 'GBP', 'payment', json_build_object('method', 'account'),
    'shippingAddress', json_build_object('name', 'Ada Lovelace', 'line1', '12 St James’s Square', 'city', 'London',
                                         'postalCode', 'SW1Y 4JH', 'country', 'GB'))`;
const AT = `now() - interval '1 hour' + n * interval '3 milliseconds'`;
const SERIES = 'generate_series($1::int, $2::int) as n';

const inbox = (step: string): string =>
  `insert into inbox (message_id, step, accepted_at) select ${id("'0003'")}, '${step}', ${AT} from ${SERIES}`;

/** The rows of a completed order in each database. */
const STATEMENTS: Readonly<Record<string, readonly string[]>> = {
  order: [
    `insert into orders (order_id, customer_id, status, total, currency, details, placed_at, ended_at, version)
     select ${ORDER}, ${CUSTOMER}, 'COMPLETED', 1250, 'GBP', ${ITINERARY}, ${AT}, ${AT}, 2 from ${SERIES}`,
    `insert into order_events (stream_id, version, event_id, type, data, at)
     select ${ORDER}, v, ${id(`'001' || v`)},
            case v when 1 then 'quadrille.order.created.v2' else 'quadrille.order.completed.v1' end, ${ITINERARY}, ${AT}
     from ${SERIES}, generate_series(1, 2) as v`,
    inbox('complete-order'),
  ],
  payment: [
    `insert into payments (order_id, status, method, amount, currency, customer_id, created_at, changed_at)
     select ${ORDER}, 'captured', 'account', 1250, 'GBP', ${CUSTOMER}, ${AT}, ${AT} from ${SERIES}`,
    `insert into ledger_postings (transaction_id, account, customer_id, amount, currency, order_id, at)
     select ${id(`'002' || t`)}, account,
            case when account like 'customer-%' then ${CUSTOMER} end, amount, 'GBP', ${ORDER}, ${AT}
     from ${SERIES},
          (values (1, 'customer-available', 1250), (1, 'customer-held', -1250), (2, 'customer-held', 1250), (2, 'revenue', -1250))
            as lines (t, account, amount)`,
    inbox('authorize-payment'),
    inbox('capture-payment'),
  ],
  inventory: [
    `insert into reservations (order_id, status, items, created_at, changed_at)
     select ${ORDER}, 'committed', '[{"sku": "BENCH-001", "quantity": 1, "unitPrice": 1250}]', ${AT}, ${AT} from ${SERIES}`,
    inbox('reserve-inventory'),
    inbox('commit-inventory'),
  ],
  shipping: [
    `insert into shipments (order_id, status, tracking_number, destination, created_at, changed_at)
     select ${ORDER}, 'dispatched', 'BENCH' || n, 'GB', ${AT}, ${AT} from ${SERIES}`,
    inbox('create-shipment'),
    inbox('dispatch-shipment'),
  ],
};

/** The tables with history, each with the column that identifies it. */
const TABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  order: { orders: 'order_id', order_events: 'event_id', inbox: 'message_id' },
  payment: { payments: 'order_id', ledger_postings: 'transaction_id', inbox: 'message_id' },
  inventory: { reservations: 'order_id', inbox: 'message_id' },
  shipping: { shipments: 'order_id', inbox: 'message_id' },
};

const CHUNK = 100_000;

/** Writes `orders` completed orders with all their rows into every database, then updates the planner statistics. */
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
 * Removes the history before the audit, because its events were never published. It copies the remaining rows and truncates the tables,
 * since a delete would take as long as writing. It runs as the superuser, since ledger and events are append-only.
 */
export async function removeHistory(superuserUrl: string): Promise<void> {
  for (const [service, tables] of Object.entries(TABLES)) {
    await withDatabase(databaseOf(superuserUrl, service), async (client) => {
      await client.query('set session_replication_role = replica');
      for (const [table, column] of Object.entries(tables)) {
        await client.query('begin');
        await client.query(
          `create temporary table kept on commit drop as select * from ${table} where not (${column} >= '${FIRST}' and ${column} < '${BEYOND}')`,
        );
        await client.query(`truncate ${table}`);
        await client.query(`insert into ${table} select * from kept`);
        await client.query('commit');
      }
    });
  }
}
