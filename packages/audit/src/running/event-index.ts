import type { RecordEntry } from '../books.js';
import { IdSet } from './id-set.js';

export type Ending = 'OrderCompleted' | 'OrderCancelled';
const ENDINGS: readonly Ending[] = ['OrderCompleted', 'OrderCancelled'];

/** What was read on the topic of the order service, in a few bytes a record: any number of orders may have been read before one is judged. */
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

  /** What the topic says of the end of an order. */
  endingsOf(orderId: string): Ending[] {
    return ENDINGS.filter((ending) => this.#ended[ending].has(orderId));
  }

  /** Takes over what another one has of an order. */
  keep(before: EventIndex, orderId: string, events: Iterable<string>): void {
    for (const event of events) if (before.has(event)) this.#events.add(event);
    for (const ending of before.endingsOf(orderId)) this.#ended[ending].add(orderId);
  }
}
