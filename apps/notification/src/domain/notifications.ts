import { aggregate } from '@quadrille/contracts';

/** The kinds of mail: one per ending of an order. */
export type MailKind = 'order-completed' | 'order-cancelled';

/** The notification about an order: none yet, or one mail. */
export type Notification =
  | { readonly status: 'none' }
  | {
      readonly status: 'sent';
      readonly mail: MailKind;
      /** Absent for a guest. */
      readonly customerId: string | null;
      /** Time of the ending, ISO 8601. The store has the time of the mail. */
      readonly endedAt: string;
    };

/** A notification follows from the first ending of its order. Later events change nothing. */
export const notifications = aggregate<Notification>('notifications', {
  initial: () => ({ status: 'none' }),

  evolve(notification, event, at) {
    if (notification.status === 'sent') return notification;
    switch (event.type) {
      case 'OrderCompleted':
        return { status: 'sent', mail: 'order-completed', customerId: event.data.customerId, endedAt: at };
      case 'OrderCancelled':
        return { status: 'sent', mail: 'order-cancelled', customerId: event.data.customerId, endedAt: at };
      default:
        return notification;
    }
  },
});
