import type { Change, Write } from '@quadrille/choreography';
import type { Item } from '@quadrille/contracts';
import { insertFresh, isoOf, overKeys, overRows, utc, writeEach, writing } from '@quadrille/nest';
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

/** The store of reservations, with one row per order. */
export const reservationStore = writing<Reservation>({
  async load(tx, orderIds) {
    const { rows } = await tx.query<ReservationRow>(...LOAD(orderIds));
    return new Map(rows.map((row) => [row.order_id, reservationIn(row)]));
  },

  writes(changed) {
    const fresh = changed.filter(({ before }) => before === undefined);
    const known = changed.filter(({ before }) => before !== undefined);
    return [...(fresh.length > 0 ? [insert(fresh)] : []), ...(known.length > 0 ? [update(known)] : [])];
  },
});

const LOAD = overKeys(
  'uuid',
  (among) =>
    `select order_id, status, items, reason, ${utc('changed_at')} as changed_at
     from reservations where order_id ${among} order by order_id for update`,
);

/** Maps a row to a reservation. */
const reservationIn = (row: ReservationRow): KnownReservation => ({
  status: row.status,
  orderId: row.order_id,
  items: row.items,
  ...(row.reason !== null && { reason: row.reason }),
  at: isoOf(row.changed_at),
});

const COLUMNS = 'order_id, status, reason, changed_at, items';
const TYPES = ['uuid', 'text', 'text', 'timestamptz', 'jsonb'];

const INSERT = overRows(
  TYPES,
  (rows) =>
    `insert into reservations (${COLUMNS}, created_at)
     select *, changed_at from ${rows} as fresh (${COLUMNS})`,
);

const UPDATE = overRows(
  TYPES,
  (rows) =>
    `update reservations r
     set status = c.status, items = c.items, reason = c.reason, changed_at = c.changed_at
     from ${rows} as c (${COLUMNS})
     where r.order_id = c.order_id`,
);

const insert = (changed: readonly Change<Reservation>[]): Write =>
  insertFresh('a reservation', ...INSERT(columns(changed)));

const update = (changed: readonly Change<Reservation>[]): Write =>
  writeEach('a reservation', changed.length, ...UPDATE(columns(changed)));

function columns(changed: readonly Change<Reservation>[]): unknown[][] {
  const reservations = changed.map(({ after }) => after as KnownReservation);
  return [
    reservations.map(({ orderId }) => orderId),
    reservations.map(({ status }) => status),
    reservations.map(({ reason }) => reason ?? null),
    reservations.map(({ at }) => at),
    reservations.map(({ items }) => JSON.stringify(items)),
  ];
}
