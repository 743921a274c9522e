import type { Write } from '@quadrille/choreography';
import { overRows } from '@quadrille/nest';
import type { KnownOrder } from '../domain/order.js';
import { jsonOnce } from './json-once.js';

/** An order's status in HTTP and in the table `orders`. */
export const STATUSES = ['PLACED', 'CANCELLING', 'COMPLETED', 'CANCELLED'] as const;
export type Status = (typeof STATUSES)[number];

export const statusOf = (order: KnownOrder): Status => order.status.toUpperCase() as Status;

const COLUMNS = 'order_id, customer_id, status, total, currency, reason, placed_at, ended_at, version, details';

const WRITE = overRows(
  ['uuid', 'uuid', 'text', 'bigint', 'text', 'text', 'timestamptz', 'timestamptz', 'int', 'json'],
  (rows) =>
    `insert into orders (${COLUMNS})
     select * from ${rows} as known (${COLUMNS})
     order by order_id
     on conflict (order_id) do update set
       customer_id = excluded.customer_id, status = excluded.status, total = excluded.total,
       currency = excluded.currency, details = excluded.details, reason = excluded.reason,
       placed_at = excluded.placed_at, ended_at = excluded.ended_at, version = excluded.version
     where orders.version <= excluded.version`,
);

/** Writes orders to the read table. A row with a newer version stays, because services continue during a rebuild. */
export function writeOrders(known: readonly KnownOrder[], json = jsonOnce()): Write {
  const [text, values] = WRITE([
    known.map(({ orderId }) => orderId),
    known.map(({ details }) => details.customerId),
    known.map(statusOf),
    known.map(({ details }) => details.total),
    known.map(({ details }) => details.currency),
    known.map((order) => ('reason' in order ? order.reason : null)),
    known.map(({ placedAt }) => placedAt),
    known.map((order) => ('endedAt' in order ? order.endedAt : null)),
    known.map(({ version }) => version),
    json(known.map(({ details }) => details)),
  ]);
  return { text, values };
}

const CHANGE = overRows(
  ['uuid', 'text', 'text', 'timestamptz', 'int'],
  (rows) =>
    `update orders o
     set status = c.status, reason = c.reason, ended_at = c.ended_at, version = c.version
     from ${rows} as c (order_id, status, reason, ended_at, version)
     where o.order_id = c.order_id and o.version <= c.version`,
);

/** Updates the changeable columns of existing orders, unless the row has a newer version. The order details never change. */
export function changeOrders(known: readonly KnownOrder[]): Write {
  const [text, values] = CHANGE([
    known.map(({ orderId }) => orderId),
    known.map(statusOf),
    known.map((order) => ('reason' in order ? order.reason : null)),
    known.map((order) => ('endedAt' in order ? order.endedAt : null)),
    known.map(({ version }) => version),
  ]);
  return { text, values };
}
