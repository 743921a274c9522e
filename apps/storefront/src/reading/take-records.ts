import type { Tx } from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/service';
import { sagaOf } from '../domain/saga.js';
import { keepNotices } from '../persistence/notices.js';
import { eventsOfOrders, keepEvents } from '../persistence/saga-events.js';
import { saveSagas } from '../persistence/sagas.js';
import { takeTurn } from '../persistence/turn.js';
import { keepUnreadable } from '../persistence/unreadable-records.js';
import { type Reading, readRecord } from './read-record.js';

/**
 * Takes a batch of records into the read model, in the caller's transaction. Taking a record again changes nothing. At most six
 * statements, whatever the number of records.
 */
export async function takeRecords(tx: Tx, records: readonly IncomingRecord[]): Promise<void> {
  const readings = records.map(readRecord);
  const events = readings.flatMap((reading) => (reading.is === 'event' ? [reading.event] : []));
  const notices = readings.flatMap((reading) => (reading.is === 'notice' ? [reading.notice] : []));
  const unreadable = readings.filter((reading) => reading.is === 'unreadable');
  if (unreadable.length > 0) await keepUnreadable(tx, unreadable);
  if (notices.length > 0) await keepNotices(tx, notices);
  if (events.length === 0) return;

  await takeTurn(tx);
  const touched = await keepEvents(tx, events);
  if (touched.length === 0) return;
  const known = await eventsOfOrders(tx, touched);
  await saveSagas(
    tx,
    [...known].map(([orderId, all]) => [orderId, sagaOf(all)]),
  );
}

/** Keeps a record that the database refuses to take, by itself. */
export async function takeRefused(tx: Tx, record: IncomingRecord, cause: string): Promise<void> {
  const refused: Reading = { is: 'unreadable', record, code: 'refused-by-database', cause };
  await keepUnreadable(tx, [refused]);
}
