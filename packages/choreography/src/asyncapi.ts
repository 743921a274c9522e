import { z } from 'zod';
import { eventsOf, servicesOf } from './choreography.js';
import { cloudEventType, type EventType } from './event.js';
import { eventsHandledBy, type Rows } from './row.js';
import { eventTopicsOf, type TopicNaming, topicOf } from './topology.js';

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
export function asyncApi(naming: TopicNaming, rows: Rows, info: DocumentFacts): Record<string, unknown> {
  const events = eventsOf(rows);
  const channels = eventTopicsOf(naming, rows).map((topic) =>
    channelOf(
      naming,
      topic,
      events.filter((event) => topicOf(naming, event) === topic),
    ),
  );
  const operations = Object.entries(rows).flatMap(([step, row]) => operationsOf(step, row, channels));
  return {
    asyncapi: '3.0.0',
    info: { ...info, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      channels.map(({ id, topic, services, events: published }) => [
        id,
        {
          address: topic,
          description: `Events of ${services.join(', ')}. Keyed: all events of one key stay in order.`,
          messages: Object.fromEntries(published.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }])),
        },
      ]),
    ),
    operations: Object.fromEntries(operations),
    components: {
      messages: Object.fromEntries(events.map((event) => [event.name, messageOf(event)])),
      schemas: { CloudEventHeaders: HEADERS },
    },
    'x-services': servicesOf(rows),
  };
}

/** A topic of the document. `id`: the service, if it is the topic of one service alone; else the topic. */
interface Channel {
  readonly id: string;
  readonly topic: string;
  readonly services: readonly string[];
  readonly events: readonly EventType[];
}

function channelOf(naming: TopicNaming, topic: string, events: readonly EventType[]): Channel {
  const services = [...new Set(events.map(({ service }) => service))];
  const isOfService = services.length === 1 && topicOf(naming, services[0]!) === topic;
  return { id: isOfService ? services[0]! : topic, topic, services, events };
}

/** One operation per channel. The name of the first has no channel. */
function operationsOf(step: string, row: Rows[string], channels: readonly Channel[]): [string, unknown][] {
  const operation = (action: 'send' | 'receive', events: readonly EventType[]): [string, unknown][] =>
    channels
      .filter((channel) => channel.events.some((event) => events.includes(event)))
      .map(({ id, events: onIt }, nth) => [
        nameOf(step, action, nth === 0 && action === 'send' ? undefined : id),
        {
          action,
          title: `${row.service}: ${step}`,
          channel: { $ref: `#/channels/${id}` },
          messages: events
            .filter((event) => onIt.includes(event))
            .map((event) => ({ $ref: `#/channels/${id}/messages/${event.name}` })),
        },
      ]);
  return [...operation('receive', eventsHandledBy(row)), ...operation('send', row.emits)];
}

const nameOf = (step: string, action: 'send' | 'receive', channel: string | undefined): string => {
  const name = action === 'send' ? `${step}.says` : `${step}.hears`;
  return channel === undefined ? name : `${name}.${channel}`;
};

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
