import { naming, serviceSteps, services, shop } from '@quadrille/contracts';
import { bindStore, defineService } from '@quadrille/nest';
import { notifications } from './domain/notifications.js';
import { CloseMail } from './gateways/close-mail.js';
import { gateways } from './gateways/mail.js';
import { mailEnvironment } from './gateways/mail-environment.js';
import { NotificationsController } from './http/notifications.controller.js';
import { Notifications1763720000000 } from './persistence/migrations/1763720000000-notifications.js';
import { notificationStore } from './persistence/notifications.js';
import { purgeNotifications } from './persistence/retention.js';
import { notifyCustomer } from './steps/notify-customer.js';

/** Informs customers by mail how their orders ended. No saga waits for it. */
export const notification = defineService({
  ...naming,
  rows: shop,
  steps: serviceSteps('notification', { 'notify-customer': notifyCustomer }),
  stores: [bindStore(notifications, notificationStore)],
  migrations: [Notifications1763720000000],
  defaultPort: services.notification.port,
  environment: mailEnvironment,
  gateways,
  controllers: [NotificationsController],
  providers: [CloseMail],
  retention: [purgeNotifications],
});
