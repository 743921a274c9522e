import { z } from 'zod';
import { eventsOf, servicesOf } from './choreography.js';
import { cloudEventType, type EventType } from './event.js';
import { eventsHandledBy, type Rows } from './row.js';
import { topicOf } from './topology.js';

/** Title, version and description of the document. */
export interface DocumentFacts {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

/**
 * The AsyncAPI 3.0 document of a system (https://www.asyncapi.com/docs/reference/specification/v3.0.0): channels, messages,
 * senders and receivers.
 */
export function asyncApi(system: string, rows: Rows, info: DocumentFacts): Record<string, unknown> {
  const events = eventsOf(rows);
  return {
    asyncapi: '3.0.0',
    info: { ...info, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      [...new Set(events.map((event) => event.service))].map((service) => [
        service,
        {
          address: topicOf(system, service),
          description: `Events of ${service}. Keyed: all events of one key stay in order.`,
          messages: Object.fromEntries(
            events
              .filter((event) => event.service === service)
              .map((event) => [event.name, { $ref: `#/components/messages/${event.name}` }]),
          ),
        },
      ]),
    ),
    operations: Object.fromEntries(Object.entries(rows).flatMap(([step, row]) => operationsOf(step, row))),
    components: {
      messages: Object.fromEntries(events.map((event) => [event.name, messageOf(event)])),
      schemas: { CloudEventHeaders: HEADERS },
    },
    'x-services': servicesOf(rows),
  };
}

function operationsOf(step: string, row: Rows[string]): [string, unknown][] {
  const operation = (action: 'send' | 'receive', events: readonly EventType[]): [string, unknown][] =>
    [...new Set(events.map((event) => event.service))].map((owner) => [
      action === 'send' ? `${step}.says` : `${step}.hears.${owner}`,
      {
        action,
        title: `${row.service}: ${step}`,
        channel: { $ref: `#/channels/${owner}` },
        messages: events
          .filter((event) => event.service === owner)
          .map((event) => ({ $ref: `#/channels/${owner}/messages/${event.name}` })),
      },
    ]);
  return [...operation('receive', eventsHandledBy(row)), ...operation('send', row.emits)];
}

const messageOf = (event: EventType) => ({
  name: cloudEventType(event),
  title: event.name,
  contentType: 'application/json',
  headers: { $ref: '#/components/schemas/CloudEventHeaders' },
  payload: z.toJSONSchema(event.schema, { target: 'draft-7', io: 'output', unrepresentable: 'any' }),
});

const text = (description: string, format?: string) => ({ type: 'string', description, ...(format && { format }) });

/** CloudEvents 1.0 in Kafka's binary mode, with this system's extensions. */
const HEADERS = {
  type: 'object',
  required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_subject', 'ce_time', 'ce_correlationid'],
  properties: {
    ce_specversion: { type: 'string', const: '1.0' },
    ce_id: text('Identity of the event: consumers deduplicate by it.', 'uuid'),
    ce_source: text('Service and step that emitted the event: /payment/authorize-payment.'),
    ce_type: text('Name and version of the event.'),
    ce_subject: text('The key of the record.'),
    ce_time: text('Time of the event.', 'date-time'),
    ce_correlationid: text('Identity of the saga, shared by all its events.'),
    ce_causationid: text('The handled event; absent after a command or a deadline.', 'uuid'),
    traceparent: text('W3C trace context.'),
    'content-type': { type: 'string', const: 'application/json' },
  },
};
