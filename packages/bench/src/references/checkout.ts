import { randomUUID } from 'node:crypto';
import type { OrderRequest } from '@quadrille/contracts';
import type pg from 'pg';

/** An order with prices; `total` in minor units. */
export interface Order extends Omit<OrderRequest, 'items'> {
  readonly orderId: string;
  readonly total: number;
  readonly items: readonly { readonly sku: string; readonly quantity: number; readonly unitPrice: number }[];
}

/** Thrown if a transaction must not commit; the message is the reason of the cancelled order. */
export class Refused extends Error {}

/** Reads prices outside a transaction, as from a cache. */
export async function priced(orders: pg.Pool, request: OrderRequest): Promise<Order> {
  const skus = request.items.map(({ sku }) => sku);
  const { rows } = await orders.query<{ sku: string; price: string }>(
    named('prices', 'select sku, price from products where sku = any($1)', [skus]),
  );
  const prices = new Map(rows.map(({ sku, price }) => [sku, Number(price)]));
  const items = request.items.map((item) => ({ ...item, unitPrice: prices.get(item.sku)! }));
  const total = items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
  return { ...request, orderId: randomUUID(), items, total };
}

/** A prepared statement: PostgreSQL parses and plans it once per connection. Writes are sent without waiting for each other. */
const named = (name: string, text: string, values: unknown[]): pg.QueryConfig => ({ name, text, values });

export async function place(client: pg.ClientBase, order: Order, status: 'PLACED' | 'COMPLETED'): Promise<void> {
  const text = `insert into orders (order_id, status, total, details, placed_at, ended_at)
    values ($1, $2, $3, $4, now(), case when $2 = 'COMPLETED' then now() end)`;
  await client.query(named('place', text, [order.orderId, status, order.total, order]));
}

export async function end(client: pg.ClientBase, { orderId }: Order, status: string, reason?: string): Promise<void> {
  const text = 'update orders set status = $2, reason = $3, ended_at = now() where order_id = $1';
  await client.query(named('end', text, [orderId, status, reason]));
}

/** Holds the money. Throws {@link Refused}. */
export async function authorize(client: pg.ClientBase, order: Order): Promise<void> {
  const { customerId, currency, total } = order;
  const account = 'select currency, available from accounts where customer_id = $1 for update';
  const { rows } = await client.query(named('account', account, [customerId]));
  if (rows[0]?.currency !== currency) throw new Refused('unknown-account');
  if (Number(rows[0].available) < total) throw new Refused('insufficient-funds');
  const text = `insert into payments (order_id, status, method, amount) values ($1, 'authorized', 'account', $2)`;
  await Promise.all([
    move(client, order, 'customer-available', 'customer-held'),
    client.query(named('authorize', text, [order.orderId, total])),
  ]);
}

export const capture = (client: pg.ClientBase, order: Order) =>
  changePayment(client, order, 'captured', 'customer-held', 'revenue');

export const voidPayment = (client: pg.ClientBase, order: Order) =>
  changePayment(client, order, 'voided', 'customer-held', 'customer-available');

/** Records a refused payment for the audit, which expects one per cancelled order. */
export async function refusePayment(client: pg.ClientBase, { orderId, total }: Order): Promise<void> {
  const text = `insert into payments (order_id, status, method, amount) values ($1, 'failed', 'account', $2)`;
  await client.query(named('refuse', text, [orderId, total]));
}

async function changePayment(client: pg.ClientBase, order: Order, status: string, from: string, to: string) {
  const text = 'update payments set status = $2 where order_id = $1';
  await Promise.all([client.query(named('payment', text, [order.orderId, status])), move(client, order, from, to)]);
}

/** Inserts two postings that sum to 0 and updates the balances. */
async function move(client: pg.ClientBase, { orderId, customerId, total }: Order, from: string, to: string) {
  const change = (account: string) => (to === account ? total : 0) - (from === account ? total : 0);
  const values = [customerId, orderId, total, from, to, randomUUID()];
  const postings = `insert into ledger_postings (transaction_id, account, customer_id, order_id, amount)
    values ($6::uuid, $4::text, $1::uuid, $2::uuid, $3::bigint), ($6, $5::text, $1, $2, -$3)`;
  const balances = 'update accounts set available = available + $2, held = held + $3 where customer_id = $1';
  await Promise.all([
    client.query(named('post', postings, values)),
    client.query(named('balance', balances, [customerId, change('customer-available'), change('customer-held')])),
  ]);
}

/** Takes the pieces from stock; `reserved` until `commitStock`. Throws {@link Refused} if one is missing. */
export async function reserve(
  client: pg.ClientBase,
  { orderId, items }: Order,
  status: 'reserved' | 'committed',
): Promise<void> {
  const shelves = 'select sku, available from stock where sku = any($1) order by sku for update';
  const { rows } = await client.query(named('shelves', shelves, [items.map(({ sku }) => sku)]));
  const available = new Map<string, number>(rows.map((row) => [row.sku, Number(row.available)]));
  const wanted = piecesOf(items);
  for (const [sku, pieces] of wanted) if (pieces > (available.get(sku) ?? 0)) throw new Refused('out-of-stock');
  const column = status === 'reserved' ? 'reserved' : 'sold';
  const take = `update stock set available = available - w.pieces, ${column} = ${column} + w.pieces
    from unnest($1::text[], $2::bigint[]) as w (sku, pieces) where stock.sku = w.sku`;
  const text = 'insert into reservations (order_id, status, items) values ($1, $2, $3)';
  await Promise.all([
    client.query(named('take', take, [[...wanted.keys()], [...wanted.values()]])),
    client.query(named('reserve', text, [orderId, status, JSON.stringify(items)])),
  ]);
}

/** Sells the reserved pieces. */
export async function commitStock(client: pg.ClientBase, { orderId, items }: Order): Promise<void> {
  const wanted = piecesOf(items);
  const skus = [...wanted.keys()].sort();
  const sell = `update stock set reserved = reserved - w.pieces, sold = sold + w.pieces
    from unnest($1::text[], $2::bigint[]) as w (sku, pieces) where stock.sku = w.sku`;
  const lock = 'select from stock where sku = any($1) order by sku for update';
  const text = `update reservations set status = 'committed' where order_id = $1`;
  await Promise.all([
    client.query(named('lock', lock, [skus])),
    client.query(named('sell', sell, [skus, skus.map((sku) => wanted.get(sku))])),
    client.query(named('commit-stock', text, [orderId])),
  ]);
}

export async function ship(
  client: pg.ClientBase,
  { orderId, shippingAddress }: Order,
  status: 'created' | 'dispatched',
): Promise<void> {
  const text = 'insert into shipments (order_id, status, address) values ($1, $2, $3)';
  await client.query(named('ship', text, [orderId, status, shippingAddress]));
}

export async function dispatch(client: pg.ClientBase, { orderId }: Order): Promise<void> {
  const text = `update shipments set status = 'dispatched' where order_id = $1`;
  await client.query(named('dispatch', text, [orderId]));
}

function piecesOf(items: Order['items']): Map<string, number> {
  const pieces = new Map<string, number>();
  for (const { sku, quantity } of items) pieces.set(sku, (pieces.get(sku) ?? 0) + quantity);
  return pieces;
}
