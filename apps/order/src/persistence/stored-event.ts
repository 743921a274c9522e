import {
  cloudEventType,
  type EventType,
  parseCloudEventType,
  UnreadableMessage,
  upcast,
} from '@quadrille/choreography';
import {
  OrderCancellationRequested,
  OrderCancelled,
  OrderCompleted,
  OrderCreated,
  type ShopEvent,
} from '@quadrille/contracts';
import { isoOf, utc } from '@quadrille/nest';
import type { StoredEvent } from '../domain/rebuild.js';

/** A row of `order_events`. */
export interface EventRow {
  readonly version: number;
  readonly event_id: string;
  /** The type with its wire version: `quadrille.order.created.v1`. */
  readonly type: string;
  readonly data: unknown;
  /** Parse it with {@link isoOf}. */
  readonly at: string;
}

/** The columns of an {@link EventRow}. */
export const EVENT_COLUMNS = `version, event_id, type, data, ${utc('at')} as at`;

const STORED: readonly EventType[] = [OrderCreated, OrderCancellationRequested, OrderCompleted, OrderCancelled];
const byName = new Map(STORED.map((event) => [event.name, event]));
const byWire = new Map(STORED.map((event) => [event.wireName, event]));

/** Returns the stored type of an event: its current wire type, so that later code can recognise its version. */
export function storedType(name: string): string {
  const event = byName.get(name);
  if (!event) throw new Error(`${name} is not an event of an order's history.`);
  return cloudEventType(event);
}

/**
 * Reads a stored event and upcasts an older version. Throws {@link UnreadableMessage} for a row from another version, or edited
 * by hand, that is not an event of an order.
 */
export function storedEvent({ version, event_id, type, data, at }: EventRow): StoredEvent {
  const parsed = parseCloudEventType(type);
  const event = parsed && byWire.get(parsed.wireName);
  if (!event) throw new UnreadableMessage('unknown-type', `${type} is not an event of an order's history.`);
  const emitted = { type: event.name, data: upcast(event, parsed.version, data) } as ShopEvent;
  const time = isoOf(at);
  if (Number.isNaN(Date.parse(time)))
    throw new UnreadableMessage('malformed', `${at} is not a valid time of an event.`);
  return { version, eventId: event_id, event: emitted, at: time };
}

/** Groups rows by stream; they must be sorted by stream and version. */
export function byStream<Row extends { readonly stream_id: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const streams = new Map<string, Row[]>();
  for (const row of rows) {
    const stream = streams.get(row.stream_id);
    if (stream) stream.push(row);
    else streams.set(row.stream_id, [row]);
  }
  return streams;
}
