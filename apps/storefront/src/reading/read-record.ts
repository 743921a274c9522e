import {
  deadLetterTopicOf,
  demandOwner,
  demandOwnTopic,
  eventsOf,
  parseCloudEventType,
  type Row,
  servicesOf,
  topicsOf,
  UnreadableMessage,
  wrongOrigin,
} from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { ceTypeOf, decodeCloudEvent, type IncomingRecord } from '@quadrille/nest';
import { z } from 'zod';
import type { KnownEvent } from '../domain/known-event.js';

/** All topics of the system, including those of dead letters. */
export const TOPICS: readonly string[] = topicsOf(checkout, shop);

/** An event of a saga, with its data and its record. */
export interface ReadEvent extends KnownEvent {
  /** JSON text. */
  readonly data: string;
  /** JSON text of an object; null if the headers exceed the limit. */
  readonly headers: string | null;
  /** Time at which the record was written to its topic, ISO 8601; null if it is invalid. */
  readonly writtenAt: string | null;
}

/** A dead letter of an order. */
export interface Notice {
  readonly orderId: string;
  readonly service: string;
  readonly step: string;
  /** The event that could not be processed. */
  readonly eventId: string;
  readonly code: string;
  readonly cause: string;
  readonly at: string;
}

/** The classification of a record. `beside`: an event of the shop without a saga. */
export type Reading =
  | { readonly is: 'event'; readonly event: ReadEvent }
  | { readonly is: 'notice'; readonly notice: Notice }
  | { readonly is: 'beside' }
  | { readonly is: 'unreadable'; readonly record: IncomingRecord; readonly code: string; readonly cause: string };

const deadLetterTopics = new Set(servicesOf(shop).map((service) => deadLetterTopicOf(checkout, service)));
const ofSagas = new Map(eventsOf(checkout.rows).map((event) => [event.wireName, event]));
const ofShop = new Set(eventsOf(shop).map(({ wireName }) => wireName));
const rows: ReadonlyMap<string, Row> = new Map(Object.entries(checkout.rows));

/**
 * Classifies a record; an unreadable one is a valid result. The data are not checked against their schema: that is the task of
 * the services that act on them.
 */
export function readRecord(record: IncomingRecord): Reading {
  try {
    return deadLetterTopics.has(record.topic) ? readNotice(record) : readEvent(record);
  } catch (error) {
    // Any error of one record must not prevent the others from being read.
    const code = error instanceof UnreadableMessage ? error.code : 'malformed';
    return { is: 'unreadable', record, code, cause: error instanceof Error ? error.message : String(error) };
  }
}

function readEvent(record: IncomingRecord): Reading {
  const type = ceTypeOf(record);
  const named = type === undefined ? undefined : parseCloudEventType(type);
  if (!named || !ofShop.has(named.wireName)) {
    throw new UnreadableMessage('unknown-type', `The type ${type ?? '(none)'} is in no contract of this system.`);
  }
  const event = ofSagas.get(named.wireName);
  if (!event) return { is: 'beside' };

  const envelope = decodeCloudEvent(record);
  const [, service, step = ''] = envelope.source.split('/');
  const row = rows.get(step);
  if (!row || row.service !== service || !row.emits.includes(event)) {
    throw wrongOrigin(event, `has the source ${shown(envelope.source)}, which is no step that emits it`);
  }
  demandOwnTopic(checkout, event, record.topic);
  demandOwner(event, record.key, envelope);
  if (typeof envelope.data !== 'object' || envelope.data === null) throw malformed(`${event.name} has no data.`);
  return {
    is: 'event',
    event: {
      eventId: envelope.id,
      orderId: uuid(envelope.subject),
      type: event.name,
      service,
      step,
      at: new Date(envelope.time).toISOString(),
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      causationId: envelope.causationid ?? null,
      data: record.value!,
      headers: readable(record.headers),
      writtenAt: instant(record.timestamp),
    },
  };
}

const DeadLetter = z.object({
  service: z.string().max(100),
  step: z.string().max(100),
  messageId: z.uuid(),
  code: z.string().max(100),
  cause: z.string(),
});
const OrderId = z.uuid();

function readNotice(record: IncomingRecord): Reading {
  const letter = DeadLetter.safeParse(parsed(record.value));
  if (!letter.success) throw malformed('The record is not a dead letter.');
  const orderId = OrderId.safeParse(record.key);
  if (!orderId.success) return { is: 'beside' };
  const { service, step, messageId, code, cause } = letter.data;
  const at = new Date(Number(record.timestamp)).toISOString();
  return {
    is: 'notice',
    notice: { orderId: uuid(orderId.data), service, step, eventId: uuid(messageId), code, cause: shown(cause), at },
  };
}

function parsed(value: string | null): unknown {
  try {
    return JSON.parse(value ?? '');
  } catch (cause) {
    throw malformed('The record is not JSON.', { cause });
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** In lower case, as PostgreSQL returns it. */
function uuid(text: string): string {
  const lower = text.toLowerCase();
  if (!UUID.test(lower)) throw malformed(`The key ${text.slice(0, 80)} is not an order's id.`);
  return lower;
}

const MAX_SHOWN_CHARACTERS = 10_000;

/** Makes a text storable in PostgreSQL, and limits its length. */
export const shown = (text: string): string => text.slice(0, MAX_SHOWN_CHARACTERS).replaceAll('\0', '\ufffd');

function instant(timestamp: string): string | null {
  const at = new Date(Number(timestamp));
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

function readable(headers: IncomingRecord['headers']): string | null {
  const text = JSON.stringify(headers);
  return text.length > MAX_SHOWN_CHARACTERS ? null : text;
}

const malformed = (message: string, options?: ErrorOptions) => new UnreadableMessage('malformed', message, options);
