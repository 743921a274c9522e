import { aggregate } from '@quadrille/contracts';

/** The mails there are, by what the order came to. */
export type MailKind = 'order-completed' | 'order-cancelled';

/** What a customer has been told about an order: nothing yet, or one mail. */
export type Notification =
  | { readonly status: 'none' }
  | {
      readonly status: 'sent';
      readonly mail: MailKind;
      /** Absent for a guest. */
      readonly customerId: string | null;
      /** When the order ended, ISO 8601; when the mail went, the store knows. */
      readonly endedAt: string;
    };

/** Notifications come from how orders ended. An order ends once: what is heard after its first ending adds nothing. */
export const notifications = aggregate<Notification>('notifications', {
  initial: () => ({ status: 'none' }),

  evolve(notification, said, at) {
    if (notification.status === 'sent') return notification;
    switch (said.type) {
      case 'OrderCompleted':
        return { status: 'sent', mail: 'order-completed', customerId: said.data.customerId, endedAt: at };
      case 'OrderCancelled':
        return { status: 'sent', mail: 'order-cancelled', customerId: said.data.customerId, endedAt: at };
      default:
        return notification;
    }
  },
});
