import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type Fired, mixed, type OrderKind, type ShopClient } from '@quadrille/load';
import { PEOPLE } from '@quadrille/local';

const TRY_AGAIN_AFTER_MS = 200;
/** Longer than any fault lasts, plus the restart of a killed process. */
const PATIENCE_MS = 150_000;
const SECOND_MS = 1_000;
/** The number of orders for a run without a fixed end. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/** The results of all order requests of a run. */
export interface Bought {
  readonly fired: readonly Fired[];
  /** Descriptions of order requests without a valid answer. */
  readonly unanswered: readonly string[];
  /** The number of retried requests. */
  readonly repetitions: number;
}

/**
 * Places orders of every kind at a fixed rate (open loop) until `signal` aborts, then waits for the outstanding answers.
 * A request is retried with the Idempotency-Key of the order, alternating between the instances.
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
