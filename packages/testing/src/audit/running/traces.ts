import type { RecordEntry } from '../books.js';

/** What was read on the topics of one order that is not settled. */
export interface Trace {
  /** Ids of what the order service said. */
  readonly said: Set<string>;
  /** OrderCompleted, OrderCancelled: what the topic says of its end. */
  readonly endings: Set<string>;
}

const ENDINGS = new Set(['OrderCompleted', 'OrderCancelled']);

/** What was read of the orders that are not settled; what is settled is forgotten, so this grows with what is under way. */
export class Traces {
  readonly #byOrder = new Map<string, Trace>();

  take({ service, correlationId, eventId, type }: RecordEntry): void {
    if (service !== 'order') return;
    const trace = this.of(correlationId);
    trace.said.add(eventId);
    if (ENDINGS.has(type)) trace.endings.add(type);
    this.#byOrder.set(correlationId, trace);
  }

  of(orderId: string): Trace {
    return this.#byOrder.get(orderId) ?? { said: new Set(), endings: new Set() };
  }

  /** Forgets all others: what is settled, and what came again of it. */
  keepOnly(orderIds: ReadonlySet<string>): void {
    for (const orderId of this.#byOrder.keys()) if (!orderIds.has(orderId)) this.#byOrder.delete(orderId);
  }
}
