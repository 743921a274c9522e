import { expect } from '@jest/globals';
import { type Fired, fireOrders, ORDER_KINDS } from '@quadrille/load';
import { PEOPLE } from '@quadrille/local';
import { awaitEndings } from '@quadrille/replay';
import type { Stack } from './stack.js';
import { untilEnded } from './timeline.js';

const ENDED_WITHIN_MS = 90_000;
/** All kinds of orders except those that wait for their deadline, which does not fire by itself in a stack. */
export const WITHOUT_CLOCK = ORDER_KINDS.filter(({ name }) => name !== 'deadline passes');

/** Places orders of these kinds, and reports each accepted one. */
export async function fire(stack: Stack, count: number, onOrder: (order: Fired) => void = () => {}): Promise<Fired[]> {
  const fired: Fired[] = [];
  const add = (order: Fired) => {
    fired.push(order);
    onOrder(order);
  };
  await fireOrders(stack.shop, PEOPLE, count, add, WITHOUT_CLOCK);
  return fired;
}

/** Waits until no order is open, and asserts the expected ending of each order. */
export async function endAsTheyMust(stack: Stack, fired: readonly Fired[], withinMs = ENDED_WITHIN_MS): Promise<void> {
  expect(await awaitEndings(stack.system.databases.order!, withinMs, () => {})).toBe(0);
  const wrong: string[] = [];
  for (const { orderId, kind, ends } of fired) {
    const status = await untilEnded(stack, orderId);
    if (ends !== 'either' && status !== ends) wrong.push(`${orderId} (${kind}) is ${status}, not ${ends}`);
  }
  expect(wrong).toEqual([]);
}
