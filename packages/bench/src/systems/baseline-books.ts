import { type Books, entryOf } from '@quadrille/audit';
import { eventTopicsOf, type TopicNaming } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { readTopics } from '@quadrille/kafka';
import type pg from 'pg';
import { connected } from '../measure/with-database.js';

/** The names of the baseline's topics: one topic per service. */
export const BASELINE: TopicNaming = { system: checkout.system };

type Services<Value> = Readonly<Record<string, Value>>;

/** Reads the auditor's input from the baseline's tables and topics, so that the same promises are checked on both sides. */
export async function readBaselineBooks(databases: Services<string>, brokers: readonly string[]): Promise<Books> {
  const clients = await connectAll(databases);
  try {
    return {
      ...(await readShop(clients)),
      orderEvents: await readOrderEvents(clients.order!),
      plumbing: await Promise.all(Object.entries(clients).map(readPlumbing)),
      accepted: new Map(await Promise.all(Object.entries(clients).map(readAccepted))),
      records: await readRecords(brokers),
      ...WHOLE,
    };
  } finally {
    await Promise.all(Object.values(clients).map((client) => client.end()));
  }
}

/** Reads the auditor's input from the references, which have the shop's tables and no messages. */
export async function readReferenceBooks(databases: Services<string>): Promise<Books> {
  const clients = await connectAll(databases);
  try {
    const none = { orderEvents: new Map(), plumbing: [], accepted: new Map(), records: [], ...WHOLE };
    return { ...(await readShop(clients)), ...none };
  } finally {
    await Promise.all(Object.values(clients).map((client) => client.end()));
  }
}

/** Topics with all records present and readable. */
const WHOLE = { removed: { records: 0, until: Number.NEGATIVE_INFINITY }, unreadable: [] };

async function connectAll(databases: Services<string>): Promise<Record<string, pg.Client>> {
  const opening = Object.entries(databases).map(async ([service, url]) => [service, await connected(url)] as const);
  return Object.fromEntries(await Promise.all(opening));
}

type ShopBooks = Pick<Books, 'orders' | 'payments' | 'ledger' | 'stock' | 'reservations' | 'shipments' | 'charges'>;

const readShop = async (clients: Services<pg.Client>): Promise<ShopBooks> => ({
  orders: await rows(clients.order!, ORDERS),
  ...(await readPayments(clients.payment!)),
  stock: await rows(clients.inventory!, STOCK),
  reservations: await rows(clients.inventory!, RESERVATIONS),
  shipments: await rows(clients.shipping!, SHIPMENTS),
  charges: [],
});

const ORDERS = `
  select order_id as "orderId", status, total::float8 as total, details->'items' as items, reason,
         extract(epoch from placed_at)::float8 * 1000 as "placedAt",
         extract(epoch from ended_at)::float8 * 1000 as "endedAt"
  from orders`;
const STOCK = `
  select sku, received::float8 as received, available::float8 as available, reserved::float8 as reserved,
         sold::float8 as sold from stock`;
const RESERVATIONS = 'select order_id as "orderId", status, items from reservations';
const SHIPMENTS = 'select order_id as "orderId", status from shipments';
const PAYMENTS = 'select order_id as "orderId", status, method, amount::float8 as amount from payments';

const LEDGER = `
  select count(*)::int as transactions, (count(*) filter (where sum <> 0))::int as unbalanced, '{}'::text[] as "unbalancedSums",
         coalesce(sum(sum), 0)::float8 as total
  from (select sum(amount) as sum from ledger_postings group by transaction_id) each`;
const LEDGER_BY_ORDER = `
  select order_id as "orderId", -coalesce(sum(amount) filter (where account = 'revenue'), 0)::float8 as revenue,
         -coalesce(sum(amount) filter (where account = 'customer-held'), 0)::float8 as held,
         (count(*) filter (where account = 'revenue' and amount < 0))::int as captures
  from ledger_postings where order_id is not null group by order_id`;
const ACCOUNTS_THAT_DIFFER = `
  select a.customer_id as customer from accounts a
  left join (select customer_id, -coalesce(sum(amount) filter (where account = 'customer-available'), 0) as available,
                    -coalesce(sum(amount) filter (where account = 'customer-held'), 0) as held
             from ledger_postings where customer_id is not null group by customer_id) p using (customer_id)
  where a.available <> coalesce(p.available, 0) or a.held <> coalesce(p.held, 0)`;

async function rows(client: pg.Client, statement: string): Promise<any[]> {
  return (await client.query(statement)).rows;
}

/** Events that begin or interrupt a saga have no cause; the retained rows of the outbox prove that they were committed. */
async function readOrderEvents(client: pg.Client): Promise<Books['orderEvents']> {
  const events = await rows(client, 'select id from outbox_messages');
  return new Map(events.map(({ id }) => [id, 0]));
}

async function readPayments(client: pg.Client): Promise<Pick<Books, 'payments' | 'ledger'>> {
  const [whole] = await rows(client, LEDGER);
  const orders = await rows(client, LEDGER_BY_ORDER);
  const differing = await rows(client, ACCOUNTS_THAT_DIFFER);
  return {
    payments: await rows(client, PAYMENTS),
    ledger: {
      ...whole,
      revenueByOrder: new Map(orders.map((each) => [each.orderId, each.revenue])),
      heldByOrder: new Map(orders.map((each) => [each.orderId, each.held])),
      capturesByOrder: new Map(orders.map((each) => [each.orderId, each.captures])),
      accountsThatDiffer: differing.map(({ customer }) => customer),
    },
  };
}

async function readPlumbing([service, client]: [string, pg.Client]): Promise<Books['plumbing'][number]> {
  const [{ pending }] = (await rows(
    client,
    'select count(*)::int as pending from outbox_messages where published_at is null',
  )) as [{ pending: number }];
  return { service, outboxPending: pending, outboxDead: 0, parkedRetrying: 0, parkedQueued: 0, parkedDead: 0 };
}

async function readAccepted([service, client]: [string, pg.Client]): Promise<readonly [string, Set<string>]> {
  const found = await rows(client, "select consumer || ' ' || message_id as accepted from processed_messages");
  return [service, new Set(found.map(({ accepted }) => accepted))];
}

async function readRecords(brokers: readonly string[]): Promise<Books['records']> {
  const records: Books['records'][number][] = [];
  const topics = eventTopicsOf(BASELINE, checkout.rows);
  await readTopics({ brokers: [...brokers], clientId: 'baseline.auditor', topics }, (record) =>
    records.push(entryOf(record)),
  );
  return records;
}
