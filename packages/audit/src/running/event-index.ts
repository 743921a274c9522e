import type { RecordEntry } from '../books.js';
import { IdSet } from './id-set.js';

export type Ending = 'OrderCompleted' | 'OrderCancelled';
const ENDINGS: readonly Ending[] = ['OrderCompleted', 'OrderCancelled'];

/** Records of the order topic in a few bytes each: any number of orders may be read before one is judged. */
export class EventIndex {
  readonly #events = new IdSet();
  readonly #ended: Readonly<Record<Ending, IdSet>> = { OrderCompleted: new IdSet(), OrderCancelled: new IdSet() };

  take({ service, correlationId, eventId, type }: RecordEntry): void {
    if (service !== 'order') return;
    this.#events.add(eventId);
    if (type in this.#ended) this.#ended[type as Ending].add(correlationId);
  }

  has(eventId: string): boolean {
    return this.#events.has(eventId);
  }

  /** The endings of an order on the topic. */
  endingsOf(orderId: string): Ending[] {
    return ENDINGS.filter((ending) => this.#ended[ending].has(orderId));
  }

  /** Copies the entries of an order from another index. */
  retain(before: EventIndex, orderId: string, events: Iterable<string>): void {
    for (const event of events) if (before.has(event)) this.#events.add(event);
    for (const ending of before.endingsOf(orderId)) this.#ended[ending].add(orderId);
  }
}
