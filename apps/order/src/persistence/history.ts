import type { DataSource } from 'typeorm';
import type { StoredEvent } from '../domain/rebuild.js';
import { EVENT_COLUMNS, type EventRow, storedEvent } from './stored-event.js';

/** All that was said about an order, in order; nothing for an order nobody placed. */
export async function historyOf(dataSource: DataSource, orderId: string): Promise<StoredEvent[]> {
  const rows: EventRow[] = await dataSource.query(
    `select ${EVENT_COLUMNS} from order_events where stream_id = $1::uuid order by version`,
    [orderId],
  );
  return rows.map(storedEvent);
}
