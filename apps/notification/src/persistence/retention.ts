import { forgetOlder, type RetentionRule } from '@quadrille/service';
import type { MailEnvironment } from '../outside/mail-environment.js';

/** Forgets which mails were sent long ago. */
export const forgetNotifications: RetentionRule<MailEnvironment> = {
  what: 'notifications',
  forget: (tx, env, limit) =>
    forgetOlder(tx, 'notifications', 'sent_at', `${env.NOTIFICATION_RETENTION_DAYS} days`, limit),
};
