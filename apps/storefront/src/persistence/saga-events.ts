import type { Tx } from '@quadrille/choreography';
import { momentOf } from '@quadrille/nest';
import type { KnownEvent } from '../domain/known-event.js';
import type { ReadEvent } from '../reading/read-record.js';

/** A row of an event in the read model. */
export interface EventRow {
  order_id: string;
  event_id: string;
  type: string;
  service: string;
  step: string;
  at: Date;
  topic: string;
  partition: number;
  offset: string;
  causation_id: string | null;
}

/** The columns of {@link EventRow}. */
export const EVENT_COLUMNS = 'order_id, event_id, type, service, step, at, topic, partition, "offset", causation_id';

/** Maps a row to an event. */
export const eventOf = (row: EventRow): KnownEvent => ({
  eventId: row.event_id,
  orderId: row.order_id,
  type: row.type,
  service: row.service,
  step: row.step,
  at: momentOf(row.at),
  topic: row.topic,
  partition: row.partition,
  offset: row.offset,
  causationId: row.causation_id,
});

/** Stores new events. The caller holds the writing lock and has filtered known events. */
export async function saveEvents(tx: Tx, events: readonly ReadEvent[]): Promise<void> {
  await tx.query(
    `insert into saga_events (${EVENT_COLUMNS}, headers, written_at, data)
     select * from rows from (
       unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::int[],
         $9::bigint[], $10::uuid[], $11::json[], $12::timestamptz[]),
       json_array_elements($13::json)
     ) as fresh`,
    [
      events.map(({ orderId }) => orderId),
      events.map(({ eventId }) => eventId),
      events.map(({ type }) => type),
      events.map(({ service }) => service),
      events.map(({ step }) => step),
      events.map(({ at }) => at),
      events.map(({ topic }) => topic),
      events.map(({ partition }) => partition),
      events.map(({ offset }) => offset),
      events.map(({ causationId }) => causationId),
      events.map(({ headers }) => headers),
      events.map(({ writtenAt }) => writtenAt),
      // Each is already JSON text: an array of texts would escape it again.
      `[${events.map(({ data }) => data).join(',')}]`,
    ],
  );
}

/** Reads all known events of these orders, by order. */
export async function eventsOfOrders(tx: Tx, orderIds: readonly string[]): Promise<Map<string, KnownEvent[]>> {
  const { rows } = await tx.query<EventRow>(
    `select ${EVENT_COLUMNS} from saga_events where order_id = any($1::uuid[])`,
    [orderIds],
  );
  const byOrder = new Map<string, KnownEvent[]>(orderIds.map((orderId) => [orderId, []]));
  for (const row of rows) byOrder.get(row.order_id)!.push(eventOf(row));
  return byOrder;
}
