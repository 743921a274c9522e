import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { FirstEvents } from './first-events.js';

const ORDERS = Array.from({ length: 500 }, (_, nth) => `01980000-0000-7000-8000-${String(nth).padStart(12, '0')}`);
const NEVER = new AbortController().signal;

/** A database with these orders, which counts its queries. */
function database() {
  const known = new Set<string>();
  const looks = { number: 0 };
  const query = async (_: string, [orderIds]: [string[]]) => {
    looks.number++;
    return orderIds.filter((orderId) => known.has(orderId)).map((order_id) => ({ order_id }));
  };
  return { known, looks, firstEvents: new FirstEvents({ query } as unknown as DataSource) };
}

describe('a request waiting for the first event of an order', () => {
  it('shares one query with all other waiting requests', async () => {
    const { known, looks, firstEvents } = database();
    const waiting = ORDERS.map((orderId) => firstEvents.wait(orderId, 4_000, NEVER));
    expect(firstEvents.size).toBe(500);
    for (const orderId of ORDERS) known.add(orderId);
    await Promise.all(waiting);
    expect([looks.number, firstEvents.size]).toEqual([1, 0]);
  });

  it('resolves at once for its order, while another continues to wait', async () => {
    const { known, firstEvents } = database();
    const over = new AbortController();
    const [first, second] = [
      firstEvents.wait(ORDERS[0]!, 4_000, NEVER),
      firstEvents.wait(ORDERS[1]!, 4_000, over.signal),
    ];
    known.add(ORDERS[0]!);
    await first;
    expect(firstEvents.size).toBe(1);
    over.abort();
    await second;
    expect(firstEvents.size).toBe(0);
  });

  it('waits at most for its time limit, and causes no query afterwards', async () => {
    const { looks, firstEvents } = database();
    await firstEvents.wait(ORDERS[0]!, 120, NEVER);
    await pause(60);
    const { number } = looks;
    await pause(120);
    expect([firstEvents.size, looks.number]).toEqual([0, number]);
  });
});
