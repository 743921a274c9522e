import type { Write } from '@quadrille/choreography';
import type { KnownOrder } from '../domain/order.js';

/** An order's status in HTTP and in the table `orders`. */
export const STATUSES = ['PLACED', 'CANCELLING', 'COMPLETED', 'CANCELLED'] as const;
export type Status = (typeof STATUSES)[number];

export const statusOf = (order: KnownOrder): Status => order.status.toUpperCase() as Status;

/** Writes orders to the read table. A row with a newer version stays, because services continue during a rebuild. */
export const writeOrders = (
  known: readonly KnownOrder[],
  json: (list: readonly object[]) => string = JSON.stringify,
): Write => ({
  text: `insert into orders
       (order_id, customer_id, status, total, currency, itinerary, reason, placed_at, ended_at, version)
     select order_id, customer_id, status, total, currency, itinerary, reason, placed_at, ended_at, version
     from rows from (
       unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $7::text[], $8::timestamptz[],
         $9::timestamptz[], $10::int[]),
       json_array_elements($6::json)
     ) as known
       (order_id, customer_id, status, total, currency, reason, placed_at, ended_at, version, itinerary)
     order by order_id
     on conflict (order_id) do update set
       customer_id = excluded.customer_id, status = excluded.status, total = excluded.total,
       currency = excluded.currency, itinerary = excluded.itinerary, reason = excluded.reason,
       placed_at = excluded.placed_at, ended_at = excluded.ended_at, version = excluded.version
     where orders.version <= excluded.version`,
  values: [
    known.map(({ orderId }) => orderId),
    known.map(({ itinerary }) => itinerary.customerId),
    known.map(statusOf),
    known.map(({ itinerary }) => itinerary.total),
    known.map(({ itinerary }) => itinerary.currency),
    json(known.map(({ itinerary }) => itinerary)),
    known.map((order) => ('reason' in order ? order.reason : null)),
    known.map(({ placedAt }) => placedAt),
    known.map((order) => ('endedAt' in order ? order.endedAt : null)),
    known.map(({ version }) => version),
  ],
});

/** Updates the changeable columns of existing orders, unless the row has a newer version. The order details never change. */
export const changeOrders = (known: readonly KnownOrder[]): Write => ({
  text: `update orders o
     set status = c.status, reason = c.reason, ended_at = c.ended_at, version = c.version
     from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::int[])
       as c (order_id, status, reason, ended_at, version)
     where o.order_id = c.order_id and o.version <= c.version`,
  values: [
    known.map(({ orderId }) => orderId),
    known.map(statusOf),
    known.map((order) => ('reason' in order ? order.reason : null)),
    known.map((order) => ('endedAt' in order ? order.endedAt : null)),
    known.map(({ version }) => version),
  ],
});
