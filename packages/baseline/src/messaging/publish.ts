import { randomUUID } from 'node:crypto';
import {
  cloudEventType,
  type DomainEvent,
  type EventType,
  eventsOf,
  sourceOf,
  type TopicNaming,
  topicOf,
} from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import type { EntityManager } from 'typeorm';
import { OutboxMessage } from './outbox-message.js';
import type { ReceivedEvent } from './received-event.js';

/** One topic per service, as in textbooks. */
export const naming: TopicNaming = { system: checkout.system };

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
    topic: topicOf(naming, event),
    key,
    headers,
    payload: data,
  });
}
