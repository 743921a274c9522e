import { purgeOlder, type RetentionRule } from '@quadrille/nest';
import type { MailEnvironment } from '../gateways/mail-environment.js';

/** Purges old notifications. */
export const purgeNotifications: RetentionRule<MailEnvironment> = {
  name: 'notifications',
  purge: (tx, env, limit) =>
    purgeOlder(tx, 'notifications', 'sent_at', `${env.NOTIFICATION_RETENTION_DAYS} days`, limit),
};
