import type { DataSource } from 'typeorm';
import type { KeptEvent } from '../domain/rebuild.js';
import { type EventRow, keptEvent } from './kept-event.js';

/** All that was said about an order, in order; nothing for an order nobody placed. */
export async function historyOf(dataSource: DataSource, orderId: string): Promise<KeptEvent[]> {
  const rows: EventRow[] = await dataSource.query(
    'select version, event_id, type, data, at from order_events where stream_id = $1::uuid order by version',
    [orderId],
  );
  return rows.map(keptEvent);
}
