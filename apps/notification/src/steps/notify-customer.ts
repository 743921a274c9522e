import { nothing } from '@quadrille/choreography';
import { step } from '@quadrille/contracts';
import { letterOn } from '../domain/letter.js';
import { notifications } from '../domain/notifications.js';
import type { Outside } from '../outside/mail.js';

/**
 * An order has ended: tell the customer by mail, and keep that it was told. While the mail server is away the order waits here
 * and nowhere else; how the saga ended does not depend on it.
 */
export const notifyCustomer = step('notify-customer', {
  touches: ({ orderId }) => ({ notification: notifications.of(orderId) }),
  ask: (ended, { mail }: Outside) => mail.send(letterOn(ended)),
  decide: () => nothing,
});
