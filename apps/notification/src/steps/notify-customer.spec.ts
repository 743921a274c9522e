import { describe, expect, it, jest } from '@jest/globals';
import { withoutKeys } from '@quadrille/choreography';
import { exampleOrder, OrderCancelled, OrderCompleted } from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import type { Letter } from '../domain/letter.js';
import { notifications } from '../domain/notifications.js';
import { notifyCustomer } from './notify-customer.js';

const order = exampleOrder();
const cancelled = { ...order, reason: 'out-of-stock' };
const NOW = '2026-01-01T00:00:00.000Z';

describe('notify-customer', () => {
  it('emits no event', () => {
    given().when(notifyCustomer, order).thenIgnores();
    given(OrderCompleted(order)).when(notifyCustomer, order).thenIgnores();
    given(OrderCancelled(cancelled)).when(notifyCustomer, cancelled).thenIgnores();
  });

  it('sends a letter that matches the ending of the order', async () => {
    const send = jest.fn(async (_letter: Letter) => {});
    await notifyCustomer.call?.(order, { mail: { send }, personalData: withoutKeys });
    await notifyCustomer.call?.(cancelled, { mail: { send }, personalData: withoutKeys });
    expect(send.mock.calls.map(([{ kind }]) => kind)).toEqual(['order-completed', 'order-cancelled']);
  });

  it('fails if the mail server fails, so that the order is retried', async () => {
    const send = async () => {
      throw new Error('421 try again later');
    };
    await expect(notifyCustomer.call?.(order, { mail: { send }, personalData: withoutKeys })).rejects.toThrow('421');
  });
});

describe('a notification', () => {
  const none = notifications.initial(order.orderId);
  const sent = notifications.evolve(none, OrderCompleted(order), NOW);

  it('stores the mail, its customer and the time of the ending', () => {
    expect(sent).toEqual({
      status: 'sent',
      mail: 'order-completed',
      customerId: order.customerId,
      endedAt: NOW,
    });
  });

  it('is not changed by a second event of its order', () => {
    expect(notifications.evolve(sent, OrderCompleted(order), '2026-01-02T00:00:00.000Z')).toBe(sent);
    expect(notifications.evolve(sent, OrderCancelled(cancelled), '2026-01-02T00:00:00.000Z')).toBe(sent);
  });
});
