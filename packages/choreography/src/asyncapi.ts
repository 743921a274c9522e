import { z } from 'zod';
import { cloudEventType, type EventType } from './event.js';
import { eventsHandledBy, eventsOf, type Rows, servicesOf } from './row.js';
import { eventTopicsOf, type TopicNaming, topicOf } from './topology.js';
import { type DescribedValue, headerNameOf, WIRE_ATTRIBUTES, type Wire } from './wire.js';

const JSON_CONTENT = 'application/json';

/** Title, version and description of the document. */
export interface DocumentFacts {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

/**
 * The AsyncAPI 3.0 document of a system (https://www.asyncapi.com/docs/reference/specification/v3.0.0): channels, messages,
 * senders and receivers. `wire`: where the records differ from CloudEvents with JSON.
 */
export function asyncApi(
  naming: TopicNaming,
  rows: Rows,
  info: DocumentFacts,
  wire: Wire = {},
): Record<string, unknown> {
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
    defaultContentType: JSON_CONTENT,
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
      messages: Object.fromEntries(events.map((event) => [event.name, messageOf(event, wire)])),
      schemas: { CloudEventHeaders: headersOf(wire, events) },
    },
    'x-services': servicesOf(rows),
  };
}

/** A topic of the document. `id`: the service or the event, if the topic has the events of one service or one event; else the topic. */
interface Channel {
  readonly id: string;
  readonly topic: string;
  readonly services: readonly string[];
  readonly events: readonly EventType[];
}

function channelOf(naming: TopicNaming, topic: string, events: readonly EventType[]): Channel {
  const services = [...new Set(events.map(({ service }) => service))];
  const isOfService = services.length === 1 && topicOf(naming, services[0]!) === topic;
  const id = isOfService ? services[0]! : events.length === 1 ? events[0]!.name : topic;
  return { id, topic, services, events };
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
  const name = action === 'send' ? `${step}.emits` : `${step}.handles`;
  return channel === undefined ? name : `${name}.${channel}`;
};

function messageOf(event: EventType, wire: Wire) {
  const described = describedBy(wire, event);
  return {
    name: cloudEventType(event),
    title: event.name,
    contentType: described?.contentType ?? JSON_CONTENT,
    headers: { $ref: '#/components/schemas/CloudEventHeaders' },
    payload: described
      ? { schemaFormat: described.schemaFormat, schema: described.schema }
      : z.toJSONSchema(event.schema, { target: 'draft-7', io: 'output', unrepresentable: 'any' }),
  };
}

const describedBy = ({ values }: Wire, event: EventType): DescribedValue | undefined =>
  values?.describe?.(cloudEventType(event));

const text = (description: string, format?: string) => ({ type: 'string', description, ...(format && { format }) });

/** CloudEvents 1.0 in Kafka's binary mode, with this system's extensions. */
function headersOf(wire: Wire, events: readonly EventType[]) {
  const contents = [...new Set(events.map((event) => describedBy(wire, event)?.contentType ?? JSON_CONTENT))];
  const optional = ['causationid', 'traceparent'];
  const name = (attribute: keyof typeof HEADERS) => headerNameOf(attribute, wire.headers);
  return {
    type: 'object',
    required: WIRE_ATTRIBUTES.filter((attribute) => !optional.includes(attribute)).map(name),
    properties: {
      ...Object.fromEntries(WIRE_ATTRIBUTES.map((attribute) => [name(attribute), HEADERS[attribute]])),
      'content-type': { type: 'string', ...(contents.length === 1 ? { const: contents[0] } : { enum: contents }) },
    },
  };
}

const HEADERS = {
  specversion: { type: 'string', const: '1.0' },
  id: text('Identity of the event: consumers deduplicate by it.', 'uuid'),
  source: text('Service and step that emitted the event: /payment/authorize-payment.'),
  type: text('Name and version of the event.'),
  subject: text('The key of the record.'),
  time: text('Time of the event.', 'date-time'),
  correlationid: text('Identity of the saga, shared by all its events.'),
  causationid: text('The handled event; absent after a command or a deadline.', 'uuid'),
  traceparent: text('W3C trace context.'),
};
