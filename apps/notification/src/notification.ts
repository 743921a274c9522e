import { part, shop } from '@quadrille/contracts';
import { defineService, keep } from '@quadrille/service';
import { notifications } from './domain/notifications.js';
import { NotificationsController } from './http/notifications.controller.js';
import { CloseMail } from './outside/close-mail.js';
import { outside } from './outside/mail.js';
import { mailEnvironment } from './outside/mail-environment.js';
import { Notifications1763720000000 } from './persistence/migrations/1763720000000-notifications.js';
import { notificationStore } from './persistence/notifications.js';
import { forgetNotifications } from './persistence/retention.js';
import { notifyCustomer } from './steps/notify-customer.js';

/** Tells customers how their orders ended; the saga does not wait for it. */
export const notification = defineService({
  system: 'quadrille',
  rows: shop,
  part: part('notification', { 'notify-customer': notifyCustomer }),
  stores: [keep(notifications, notificationStore)],
  migrations: [Notifications1763720000000],
  defaultPort: 3005,
  environment: mailEnvironment,
  outside,
  controllers: [NotificationsController],
  providers: [CloseMail],
  retention: [forgetNotifications],
});
