import { ignore } from '@quadrille/choreography';
import { step } from '@quadrille/contracts';
import { letterOn } from '../domain/letter.js';
import { notifications } from '../domain/notifications.js';
import type { Gateways } from '../gateways/mail.js';

/**
 * An order has ended: tell the customer by mail, and keep that it was told. While the mail server is away the order waits here
 * and nowhere else; how the saga ended does not depend on it.
 */
export const notifyCustomer = step('notify-customer', {
  loads: ({ orderId }) => ({ notification: notifications.of(orderId) }),
  call: (ended, { mail }: Gateways) => mail.send(letterOn(ended)),
  decide: () => ignore,
});
