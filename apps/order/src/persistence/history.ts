import type { DataSource } from 'typeorm';
import type { KeptEvent } from '../domain/rebuild.js';
import { EVENT_COLUMNS, type EventRow, keptEvent } from './kept-event.js';

/** All that was said about an order, in order; nothing for an order nobody placed. */
export async function historyOf(dataSource: DataSource, orderId: string): Promise<KeptEvent[]> {
  const rows: EventRow[] = await dataSource.query(
    `select ${EVENT_COLUMNS} from order_events where stream_id = $1::uuid order by version`,
    [orderId],
  );
  return rows.map(keptEvent);
}
