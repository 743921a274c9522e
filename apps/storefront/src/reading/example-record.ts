import { cloudEventType, eventsOf } from '@quadrille/choreography';
import { exampleOrder, shop } from '@quadrille/contracts';
import type { IncomingRecord } from '@quadrille/nest';
import type { KnownEvent } from '../domain/known-event.js';

const events = new Map(eventsOf(shop).map((event) => [event.name, event]));

/** The record of an event, for specs. */
export function exampleRecord(
  event: KnownEvent,
  data: object = exampleOrder({ orderId: event.orderId }),
): IncomingRecord {
  return {
    topic: event.topic,
    partition: event.partition,
    offset: event.offset,
    key: event.orderId,
    headers: {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: event.eventId,
      ce_source: `/${event.service}/${event.step}`,
      ce_type: cloudEventType(events.get(event.type)!),
      ce_subject: event.orderId,
      ce_time: event.at,
      ce_correlationid: event.orderId,
      ...(event.causationId && { ce_causationid: event.causationId }),
    },
    value: JSON.stringify(data),
    timestamp: String(Date.parse(event.at)),
  };
}

/** A dead letter about an event of an order, for specs. */
export const exampleDeadLetter = (orderId: string, eventId: string, step: string, service: string): IncomingRecord => ({
  topic: `quadrille.${service}.dead-letter.v1`,
  partition: 0,
  offset: '3',
  key: orderId,
  headers: { 'content-type': 'application/json', 'quadrille-code': 'step-failed' },
  value: JSON.stringify({
    service,
    step,
    messageId: eventId,
    code: 'step-failed',
    cause: 'TypeError: no',
    original: {},
  }),
  timestamp: String(Date.parse('2026-01-01T00:01:00.000Z')),
});
