import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type Fired, mixed, type OrderKind, type ShopClient } from '@quadrille/load';
import { PEOPLE } from '@quadrille/local';

const TRY_AGAIN_AFTER_MS = 200;
/** Longer than any fault lasts, and than it takes to start again what died. */
const PATIENCE_MS = 150_000;
const SECOND_MS = 1_000;
/** Orders for a run that has no end of its own. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/** What came of the orders of a run. */
export interface Bought {
  readonly fired: readonly Fired[];
  /** In words, for each customer who was never answered, or in a way that nobody should be. */
  readonly unanswered: readonly string[];
  /** How often a customer had to ask again. */
  readonly repetitions: number;
}

/**
 * Places orders of every kind, so many a second whatever becomes of them (an open loop), until `signal` ends; then waits for the
 * answers that are still due. A customer asks again under the Idempotency-Key of the order, at one instance and then at the other.
 */
export async function buy(shops: readonly ShopClient[], ratePerSecond: number, signal: AbortSignal): Promise<Bought> {
  const fired: Fired[] = [];
  const unanswered: string[] = [];
  let repetitions = 0;
  const insist = async (asGood: number, ask: (shop: ShopClient) => Promise<Answer>): Promise<Answer> => {
    const deadline = Date.now() + PATIENCE_MS;
    for (let attempt = 0; ; attempt++) {
      const answer = await ask(shops[attempt % shops.length]!).catch((error: Error) => ({
        status: 0,
        body: error.message,
      }));
      if (answer.status === 202 || answer.status === asGood) return answer;
      const passes = answer.status === 0 || answer.status === 409 || answer.status === 429 || answer.status >= 500;
      if (!passes || Date.now() > deadline) {
        throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
      repetitions++;
      await pause(TRY_AGAIN_AFTER_MS);
    }
  };
  const order = async ({ name, ends, body, cancelled }: OrderKind) => {
    const [wanted, key, dueAt] = [body(PEOPLE), randomUUID(), Date.now()];
    try {
      const { orderId } = (await insist(202, (shop) => shop.placeOrder(wanted, key))).body;
      fired.push({ orderId, kind: name, ends, dueAt });
      if (cancelled) await insist(409, (shop) => shop.cancelOrder(orderId));
    } catch (error) {
      unanswered.push(`an order ${name} was ${(error as Error).message}`);
    }
  };
  const under: Promise<void>[] = [];
  const began = Date.now();
  const kinds = mixed(UNBOUNDED);
  for (let at = 0; !signal.aborted; at++) {
    under.push(order(kinds.next().value as OrderKind));
    const nextAt = began + ((at + 1) * SECOND_MS) / ratePerSecond;
    await pause(Math.max(0, nextAt - Date.now()), undefined, { signal }).catch(() => {});
  }
  await Promise.all(under);
  return { fired, unanswered, repetitions };
}
