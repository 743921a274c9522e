import { type Emission, eventsHandledBy, topicOf } from '@quadrille/choreography';
import { checkout, exampleOrder } from '@quadrille/contracts';
import type { KnownEvent } from './known-event.js';

const BEGIN = Date.parse('2026-01-01T00:00:00.000Z');
const ORDER_ID = exampleOrder().orderId;

/** The time of the nth event of an example: one per second. */
export const exampleTime = (nth: number): string => new Date(BEGIN + nth * 1_000).toISOString();

/** The events of one saga, for specs: each emission is caused by the last event that its row handles. */
export function exampleHistory(path: readonly Emission[], orderId = ORDER_ID): KnownEvent[] {
  const history: KnownEvent[] = [];
  for (const { step, event } of path) {
    const row = checkout.rows[step as keyof typeof checkout.rows];
    const payload = eventsHandledBy(row).map(({ name }) => name);
    const nth = history.length;
    const topic = topicOf(checkout, event);
    history.push({
      eventId: idOf(orderId, nth),
      orderId,
      type: event.name,
      service: row.service,
      step,
      at: exampleTime(nth),
      topic,
      partition: 0,
      offset: String(history.filter((each) => each.topic === topic).length + 9),
      causationId: history.findLast(({ type }) => payload.includes(type))?.eventId ?? null,
    });
  }
  return history;
}

/** The last digits count the events of an order. */
const idOf = (orderId: string, nth: number): string => `${orderId.slice(0, 24)}${orderId.slice(-4)}${hex(nth)}`;
const hex = (nth: number): string => nth.toString(16).padStart(8, '0');
