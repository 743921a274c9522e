import { ignore } from '@quadrille/choreography';
import { type CompensationDetails, type OrderDetails, step, subjectOf } from '@quadrille/contracts';
import { letterFor } from '../domain/letter.js';
import { notifications } from '../domain/notifications.js';
import type { Gateways } from '../gateways/mail.js';

/**
 * Informs the customer by mail that the order has ended, and stores that. While the mail server is unavailable, the order is
 * parked only in this service; the ending of the saga does not depend on it.
 */
export const notifyCustomer = step('notify-customer', {
  loads: ({ orderId }) => ({ notification: notifications.of(orderId) }),
  call: send,
  decide: () => ignore,
});

async function send(ended: OrderDetails | CompensationDetails, { mail, personalData }: Gateways): Promise<unknown> {
  return mail.send(letterFor(ended, await personalData.open(subjectOf(ended), ended.shippingAddress)));
}
