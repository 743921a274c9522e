import type { DataSource } from 'typeorm';
import type { KnownReservation } from '../domain/reservations.js';
import { RESERVATION_COLUMNS, type ReservationRow, reservationIn } from './reservations.js';

/** The reservation of an order, or undefined when nothing was ever said about it. */
export async function readReservation(dataSource: DataSource, orderId: string): Promise<KnownReservation | undefined> {
  const rows: ReservationRow[] = await dataSource.query(
    `select ${RESERVATION_COLUMNS} from reservations where order_id = $1`,
    [orderId],
  );
  return rows.map(reservationIn)[0];
}
