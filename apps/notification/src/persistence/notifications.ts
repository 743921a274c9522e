import { insertFresh, writing } from '@quadrille/nest';
import type { MailKind, Notification } from '../domain/notifications.js';

interface Row {
  order_id: string;
  mail: MailKind;
  customer_id: string | null;
  order_ended_at: Date;
}

/** The store of notifications, with one row per order. A row is never updated. */
export const notificationStore = writing<Notification>({
  async load(tx, orderIds) {
    const { rows } = await tx.query<Row>(
      `select order_id, mail, customer_id, order_ended_at
       from notifications where order_id = any($1::uuid[]) order by order_id for update`,
      [orderIds],
    );
    return new Map(rows.map((row) => [row.order_id, notificationOf(row)]));
  },

  writes(changed) {
    const sent = changed.flatMap(({ key, after }) => (after.status === 'sent' ? [{ key, ...after }] : []));
    return [
      insertFresh(
        'a notification',
        `insert into notifications (order_id, mail, customer_id, order_ended_at)
       select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[])`,
        [
          sent.map(({ key }) => key),
          sent.map(({ mail }) => mail),
          sent.map(({ customerId }) => customerId),
          sent.map(({ endedAt }) => endedAt),
        ],
      ),
    ];
  },
});

const notificationOf = (row: Row): Notification => ({
  status: 'sent',
  mail: row.mail,
  customerId: row.customer_id,
  endedAt: row.order_ended_at.toISOString(),
});
