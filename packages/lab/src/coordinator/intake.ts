import { isDeepStrictEqual } from 'node:util';
import { PlaceOrder as PlaceOrderSchema } from '@quadrille/contracts';
import { problem, type Reply } from '../process/http.js';
import { type OrderResult, type PlaceOrder, Refusal } from '../protocol.js';

/** Orders whose answers are remembered. The oldest answers are dropped first. */
const MAX_REMEMBERED = 10_000;

interface Accepted {
  readonly request: PlaceOrder;
  /** Undefined while the order is under way. */
  reply?: Reply;
}

/** Accepts orders over HTTP: each order id once. A repeated request gets the first answer; after a restart, the protocol judges it. */
export class Intake {
  readonly #accepted = new Map<string, Accepted>();
  #underWay = 0;
  #isDraining = false;
  #drained = () => {};

  constructor(private readonly execute: (request: PlaceOrder, headers: Headers) => Promise<OrderResult>) {}

  async place(body: unknown, headers: Headers): Promise<Reply> {
    const parsed = PlaceOrderSchema.safeParse(body);
    if (!parsed.success) return problem(422, 'invalid-order', parsed.error.issues[0]!.message);
    const request = parsed.data;
    const before = this.#accepted.get(request.orderId);
    if (before) return repeated(before, request);
    if (this.#isDraining) return problem(503, 'draining', 'This coordinator stops. Use the other one.');
    const accepted: Accepted = { request };
    this.#remember(request.orderId, accepted);
    this.#underWay++;
    try {
      accepted.reply = await this.#replyTo(request, headers);
      // Without an answer, the outcome is unknown: the customer may repeat the request.
      if (accepted.reply.status === 503) this.#accepted.delete(request.orderId);
      return accepted.reply;
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) this.#drained();
    }
  }

  /** Refuses new orders. Resolves when the ones under way have been answered. */
  drain(): Promise<void> {
    this.#isDraining = true;
    return new Promise((resolve) => {
      this.#drained = resolve;
      if (this.#underWay === 0) resolve();
    });
  }

  async #replyTo(request: PlaceOrder, headers: Headers): Promise<Reply> {
    try {
      return { status: 202, body: await this.execute(request, headers) };
    } catch (error) {
      if (error instanceof Refusal) return problem(422, error.reason, 'The order service rejected the order.');
      return problem(503, 'no-answer', (error as Error).message);
    }
  }

  #remember(orderId: string, accepted: Accepted): void {
    this.#accepted.set(orderId, accepted);
    if (this.#accepted.size <= MAX_REMEMBERED) return;
    for (const [id, { reply }] of this.#accepted) {
      if (!reply) continue;
      this.#accepted.delete(id);
      return;
    }
  }
}

type Headers = Readonly<Record<string, unknown>>;

function repeated({ request, reply }: Accepted, again: PlaceOrder): Reply {
  if (!isDeepStrictEqual(request, again))
    return problem(422, 'other-order', 'This order id belongs to another order. Use a new id.');
  return reply ?? problem(409, 'under-way', 'This order is under way. Repeat the request for its answer.');
}
