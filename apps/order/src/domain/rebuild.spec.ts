import { describe, expect, it } from '@jest/globals';
import {
  exampleOrder,
  OrderCancellationRequested,
  OrderCancelled,
  OrderCreated,
  type ShopEvent,
} from '@quadrille/contracts';
import { orders } from './order.js';
import { rebuild, type StoredEvent, upToTime, upToVersion } from './rebuild.js';

const order = exampleOrder();
const stored = (version: number, event: ShopEvent, at: string): StoredEvent => ({
  version,
  eventId: `01980000-0000-7000-8000-00000000000${version}`,
  event: event,
  at,
});
const history = [
  stored(1, OrderCreated(order), '2026-01-01T10:00:00.000Z'),
  stored(
    2,
    OrderCancellationRequested({ ...order, reason: 'changed-my-mind', requestedBy: 'customer' }),
    '2026-01-01T10:00:05.000Z',
  ),
  stored(3, OrderCancelled({ ...order, reason: 'changed-my-mind' }), '2026-01-01T10:00:09.000Z'),
];
const nothing = orders.initial(order.orderId);

describe('an order rebuilt from its history', () => {
  it.each([
    [0, 'none'],
    [1, 'placed'],
    [2, 'cancelling'],
    [3, 'cancelled'],
    [9, 'cancelled'],
  ])('is at version %i %s', (version, status) => {
    expect(rebuild(nothing, upToVersion(history, version)).status).toBe(status);
  });

  it.each([
    ['2026-01-01T09:59:59.999Z', 'none'],
    ['2026-01-01T10:00:00.000Z', 'placed'],
    ['2026-01-01T10:00:04.999Z', 'placed'],
    ['2026-01-01T11:00:05.000+01:00', 'cancelling'],
    ['2030-01-01T00:00:00.000Z', 'cancelled'],
  ])('is at %s %s', (at, status) => {
    expect(rebuild(nothing, upToTime(history, at)).status).toBe(status);
  });

  it('holds the times at which it was placed and ended, and the reason', () => {
    expect(rebuild(nothing, history)).toEqual({
      orderId: order.orderId,
      status: 'cancelled',
      version: 3,
      details: order,
      placedAt: '2026-01-01T10:00:00.000Z',
      reason: 'changed-my-mind',
      endedAt: '2026-01-01T10:00:09.000Z',
    });
  });

  it('is the same from the beginning and from any earlier state', () => {
    for (const version of [1, 2, 3]) {
      const earlier = rebuild(nothing, upToVersion(history, version));
      expect(rebuild(earlier, history.slice(version))).toEqual(rebuild(nothing, history));
    }
  });

  it('never contains an event without its predecessors, for any clock skew', () => {
    const skewed = [history[0]!, history[1]!, { ...history[2]!, at: '2026-01-01T10:00:01.000Z' }];
    expect(rebuild(nothing, upToTime(skewed, '2026-01-01T10:00:03.000Z')).status).toBe('placed');
  });

  it('counts an event that changes nothing today', () => {
    expect(rebuild(nothing, [...history, stored(4, OrderCreated(order), '2026-01-02T00:00:00.000Z')])).toMatchObject({
      status: 'cancelled',
      version: 4,
    });
  });
});
