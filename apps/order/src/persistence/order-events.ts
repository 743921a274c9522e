import type { Change, Write } from '@quadrille/choreography';
import { insertFresh, overRows } from '@quadrille/nest';
import type { Order } from '../domain/order.js';
import { storedType } from './stored-event.js';

/**
 * Appends events to each order's stream, after the version on which they were decided. Throws a conflict if another transaction
 * has appended to one of the streams since: the unique (stream_id, version) is the only lock of an order. Two writers of one
 * order wait for each other here, before either appends to the outbox; so events are published in the same order.
 */
export function appendEvents(changed: readonly Change<Order>[], json: (list: readonly object[]) => string[]): Write {
  const events = changed.flatMap(({ key, before, events }) =>
    events.map((each, at) => ({ ...each, streamId: key, version: (before?.version ?? 0) + at + 1 })),
  );
  return insertFresh(
    'an order',
    ...APPEND([
      events.map(({ streamId }) => streamId),
      events.map(({ version }) => version),
      events.map(({ id }) => id),
      events.map(({ type }) => storedType(type)),
      events.map(({ at }) => at),
      json(events.map(({ data }) => data)),
    ]),
  );
}

const APPEND = overRows(
  ['uuid', 'int', 'uuid', 'text', 'timestamptz', 'json'],
  (rows) =>
    `insert into order_events (stream_id, version, event_id, type, at, data)
     select * from ${rows} as added (stream_id, version, event_id, type, at, data)
     order by stream_id, version`,
);
