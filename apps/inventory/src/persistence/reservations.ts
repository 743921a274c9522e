import type { Change, Write } from '@quadrille/choreography';
import type { Item } from '@quadrille/contracts';
import { insertFresh, isoOf, utc, writeEach, writing } from '@quadrille/nest';
import type { KnownReservation, Reservation, ReservationStatus } from '../domain/reservations.js';

/** A row of `reservations`. */
interface ReservationRow {
  order_id: string;
  status: ReservationStatus;
  items: Item[];
  reason: string | null;
  /** Parse it with {@link isoOf}. */
  changed_at: string;
}

/** The parameters of {@link columns} as rows. */
const ROWS = `rows from (
       unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]), jsonb_array_elements($5::jsonb)
     )`;

/** The store of reservations, with one row per order. */
export const reservationStore = writing<Reservation>({
  async load(tx, orderIds) {
    const { rows } = await tx.query<ReservationRow>(
      `select order_id, status, items, reason, ${utc('changed_at')} as changed_at
       from reservations where order_id = any($1::uuid[]) order by order_id for update`,
      [orderIds],
    );
    return new Map(rows.map((row) => [row.order_id, reservationIn(row)]));
  },

  writes(changed) {
    const fresh = changed.filter(({ before }) => before === undefined);
    const known = changed.filter(({ before }) => before !== undefined);
    return [...(fresh.length > 0 ? [insert(fresh)] : []), ...(known.length > 0 ? [update(known)] : [])];
  },
});

/** Maps a row to a reservation. */
const reservationIn = (row: ReservationRow): KnownReservation => ({
  status: row.status,
  orderId: row.order_id,
  items: row.items,
  ...(row.reason !== null && { reason: row.reason }),
  at: isoOf(row.changed_at),
});

const insert = (changed: readonly Change<Reservation>[]): Write =>
  insertFresh(
    'a reservation',
    `insert into reservations (order_id, status, reason, changed_at, items, created_at)
     select *, changed_at from ${ROWS} as fresh (order_id, status, reason, changed_at, items)`,
    columns(changed),
  );

const update = (changed: readonly Change<Reservation>[]): Write =>
  writeEach(
    'a reservation',
    changed.length,
    `update reservations r
     set status = c.status, items = c.items, reason = c.reason, changed_at = c.changed_at
     from ${ROWS} as c (order_id, status, reason, changed_at, items)
     where r.order_id = c.order_id`,
    columns(changed),
  );

function columns(changed: readonly Change<Reservation>[]): unknown[] {
  const reservations = changed.map(({ after }) => after as KnownReservation);
  return [
    reservations.map(({ orderId }) => orderId),
    reservations.map(({ status }) => status),
    reservations.map(({ reason }) => reason ?? null),
    reservations.map(({ at }) => at),
    JSON.stringify(reservations.map(({ items }) => items)),
  ];
}
