import {
  type Choreography,
  cloudEventType,
  type DomainEvent,
  type EventType,
  type Row,
  sourceOf,
  topicOf,
  type Wire,
} from '@quadrille/choreography';
import type { Connection } from './client.js';
import { encodeCloudEvent } from './cloud-event.js';
import { EventProducer } from './producer.js';

/** The members of a message of `@nestjs/outbox` that a record needs. */
export interface NestOutboxMessage {
  /** A UUID, by which consumers find duplicates. */
  readonly id: string;
  readonly topic: string;
  readonly payload: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** The argument of `Outbox.add` of `@nestjs/outbox`. */
export type NewNestOutboxMessage = Pick<NestOutboxMessage, 'topic' | 'payload' | 'headers'> & { readonly key: string };

const ATTRIBUTES = ['ce_type', 'ce_source', 'ce_correlationid'] as const;

/**
 * Makes the message of an event, for `Outbox.add(tx, message)` of `@nestjs/outbox`, with the name of the row that emits it: a row that
 * handles a command. Throws for an event that the row does not emit.
 */
export function nestOutboxMessage(
  choreography: Choreography<any>,
  step: string,
  { type, data }: DomainEvent<string, any>,
): NewNestOutboxMessage {
  const row: Row | undefined = choreography.rows[step];
  const event: EventType | undefined = row?.emits.find(({ name }) => name === type);
  if (!row || !event) throw new Error(`The row '${step}' does not emit ${type}: correct its name.`);
  const key: string = data[event.key];
  const headers = {
    ce_type: cloudEventType(event),
    ce_source: sourceOf(row.service, step),
    ce_correlationid: key,
    ce_subject: key,
  };
  return { topic: topicOf(choreography, event), key: data[event.recordKey ?? event.key], payload: data, headers };
}

/**
 * A transport of `@nestjs/outbox` for a choreography: register an instance under `transports`. It sends the messages of {@link nestOutboxMessage} as
 * records that steps read, once per call, acknowledged by all replicas. The relay of that package retries rejected messages. `wire`: as the services have it.
 */
export class ChoreographyTransport {
  private readonly producer: EventProducer;

  constructor(connection: Connection, wire?: Wire) {
    this.producer = new EventProducer(connection, wire);
  }

  /** Rejects for a message without the headers of an event, and if Kafka does not take it. */
  async publish({ id, topic, key, payload, headers, createdAt }: NestOutboxMessage): Promise<void> {
    const missing = ATTRIBUTES.filter((name) => headers[name] === undefined);
    if (key === null || missing.length > 0) {
      throw new Error(
        `The message ${id} for ${topic} is no event of a choreography: make it with nestOutboxMessage().`,
      );
    }
    const {
      ce_type: type = '',
      ce_source: source = '',
      ce_correlationid: correlationid = '',
      ce_subject: subject = key,
    } = headers;
    const { traceparent } = headers;
    const envelope = {
      ...{ id, type, source, subject, correlationid, data: payload, time: new Date(createdAt).toISOString() },
      ...(traceparent !== undefined && { traceparent }),
    };
    await this.producer.send([encodeCloudEvent(topic, envelope, key)]);
  }

  /** Waits for the running sends, and disconnects. */
  async close(): Promise<void> {
    await this.producer.disconnect();
  }
}
