import type { DataSource } from 'typeorm';
import type { StoredEvent } from '../domain/rebuild.js';
import { EVENT_COLUMNS, type EventRow, storedEvent } from './stored-event.js';

/** Reads all events of an order, in order; empty for an unknown order. */
export async function historyOf(dataSource: DataSource, orderId: string): Promise<StoredEvent[]> {
  const rows: EventRow[] = await dataSource.query(
    `select ${EVENT_COLUMNS} from order_events where stream_id = $1::uuid order by version`,
    [orderId],
  );
  return rows.map(storedEvent);
}
