import type { DataSource } from 'typeorm';
import type { MailKind } from '../domain/notifications.js';

interface Row {
  order_id: string;
  mail: MailKind;
  customer_id: string | null;
  order_ended_at: Date;
  sent_at: Date;
}

/** Reads the notification about an order; undefined if none was sent. */
export async function findNotification(dataSource: DataSource, orderId: string) {
  const [row] = await dataSource.query<Row[]>(
    'select order_id, mail, customer_id, order_ended_at, sent_at from notifications where order_id = $1',
    [orderId],
  );
  return (
    row && {
      orderId: row.order_id,
      mail: row.mail,
      customerId: row.customer_id,
      orderEndedAt: row.order_ended_at.toISOString(),
      sentAt: row.sent_at.toISOString(),
    }
  );
}
