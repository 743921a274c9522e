import type { RetentionRule } from '@quadrille/service';
import type { MailEnvironment } from '../outside/mail-environment.js';

/** Forgets which mails were sent long ago. */
export const forgetNotifications: RetentionRule<MailEnvironment> = {
  what: 'notifications',
  async forget(tx, { NOTIFICATION_RETENTION_DAYS }, limit) {
    const { rowCount } = await tx.query(
      `delete from notifications
       where order_id = any(array(
         select order_id from notifications
         where sent_at < now() - make_interval(days => $1::int)
         order by sent_at limit $2::int for update skip locked))`,
      [NOTIFICATION_RETENTION_DAYS, limit],
    );
    return rowCount ?? 0;
  },
};
