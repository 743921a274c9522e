import type { Tx } from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/nest';
import type { KnownEvent } from '../domain/known-event.js';
import { sagaOf } from '../domain/saga.js';
import { saveNotices } from '../persistence/notices.js';
import { eventsOfOrders, saveEvents } from '../persistence/saga-events.js';
import { saveSagas } from '../persistence/sagas.js';
import { takeTurn } from '../persistence/turn.js';
import { saveUnreadable } from '../persistence/unreadable-records.js';
import { type ReadEvent, type Reading, readRecord } from './read-record.js';

/**
 * Adds a batch of records to the read model, in the caller's transaction; idempotent. At most six statements for any number of
 * records.
 */
export async function takeRecords(tx: Tx, records: readonly IncomingRecord[]): Promise<void> {
  const readings = records.map(readRecord);
  const events = readings.flatMap((reading) => (reading.is === 'event' ? [reading.event] : []));
  const notices = readings.flatMap((reading) => (reading.is === 'notice' ? [reading.notice] : []));
  const unreadable = readings.filter((reading) => reading.is === 'unreadable');
  if (events.length + notices.length + unreadable.length > 0) await takeTurn(tx);
  if (unreadable.length > 0) await saveUnreadable(tx, unreadable);
  if (notices.length > 0) await saveNotices(tx, notices);
  if (events.length === 0) return;

  const known = await eventsOfOrders(tx, [...new Set(events.map(({ orderId }) => orderId))]);
  const fresh = addFresh(known, events);
  if (fresh.length === 0) return;
  await saveEvents(tx, fresh);
  const changed = new Set(fresh.map(({ orderId }) => orderId));
  await saveSagas(
    tx,
    [...changed].map((orderId) => [orderId, sagaOf(known.get(orderId)!)]),
  );
}

/** Adds the unknown events and returns them. An event is identified by its id, in any record. */
function addFresh(known: ReadonlyMap<string, KnownEvent[]>, events: readonly ReadEvent[]): ReadEvent[] {
  return events.filter((event) => {
    const ofOrder = known.get(event.orderId)!;
    if (ofOrder.some(({ eventId }) => eventId === event.eventId)) return false;
    ofOrder.push(event);
    return true;
  });
}

/** Stores a record that the database rejects, separately. */
export async function takeRefused(tx: Tx, record: IncomingRecord, cause: string): Promise<void> {
  const refused: Reading = { is: 'unreadable', record, code: 'refused-by-database', cause };
  await saveUnreadable(tx, [refused]);
}
