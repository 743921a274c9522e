import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type Fired, inParallel, mixed } from '@quadrille/load';
import { PEOPLE } from '@quadrille/local';
import { WITHOUT_CLOCK } from './fired.js';
import type { Stack } from './stack.js';

const CUSTOMERS_AT_ONCE = 16;
const TRY_AGAIN_AFTER_MS = 50;
/** Longer than any killed process needs to restart. */
const ANSWERED_WITHIN_MS = 45_000;

/**
 * Places orders of every kind while components are killed. Requests are retried with the Idempotency-Key of their order until they are
 * answered. `onOrder` receives the number of accepted orders.
 */
export async function fireThrough(
  stack: Stack,
  count: number,
  onOrder: (accepted: number) => unknown,
): Promise<Fired[]> {
  const fired: Fired[] = [];
  await inParallel(mixed(count, WITHOUT_CLOCK), CUSTOMERS_AT_ONCE, async ({ name, ends, body, cancelled }) => {
    const [order, key, dueAt] = [body(PEOPLE), randomUUID(), Date.now()];
    const answer = await insist(202, () => stack.shop.placeOrder(order, key));
    const { orderId } = answer.body;
    fired.push({ orderId, kind: name, ends, dueAt });
    onOrder(fired.length);
    if (cancelled) await insist(409, () => stack.shop.cancelOrder(orderId));
  });
  return fired;
}

/** Retries a request until the answer is 202 or `asGood`. */
async function insist(asGood: number, request: () => Promise<Answer>): Promise<Answer> {
  const deadline = Date.now() + ANSWERED_WITHIN_MS;
  for (;;) {
    const answer = await request().catch((error: Error) => ({ status: 0, body: error.message }));
    if (answer.status === 202 || answer.status === asGood) return answer;
    const passes = answer.status === 0 || answer.status === 409 || answer.status >= 500;
    if (!passes || Date.now() > deadline) throw new Error(`Answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    await pause(TRY_AGAIN_AFTER_MS);
  }
}
