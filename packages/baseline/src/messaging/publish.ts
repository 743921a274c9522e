import { randomUUID } from 'node:crypto';
import { cloudEventType, type DomainEvent, type EventType, eventsOf, sourceOf, topicOf } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import type { EntityManager } from 'typeorm';
import { OutboxMessage } from './outbox-message.js';
import type { ReceivedEvent } from './received-event.js';

const EVENTS = new Map<string, EventType>(eventsOf(checkout.rows).map((event) => [event.name, event]));

/** Inserts an event into the outbox of this transaction; `because` is the message that caused it. */
export async function publish(
  manager: EntityManager,
  step: string,
  domainEvent: DomainEvent,
  because?: ReceivedEvent,
): Promise<void> {
  const event = EVENTS.get(domainEvent.type)!;
  const data = event.schema.parse(domainEvent.data) as Record<string, string>;
  const id = randomUUID();
  const key = data[event.key]!;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: sourceOf(event.service, step),
    ce_type: cloudEventType(event),
    ce_subject: key,
    ce_time: new Date().toISOString(),
    ce_correlationid: because?.correlationId ?? key,
    ...(because && { ce_causationid: because.id }),
  };
  await manager.insert(OutboxMessage, {
    id,
    topic: topicOf(checkout, event),
    key,
    headers,
    payload: data,
  });
}
