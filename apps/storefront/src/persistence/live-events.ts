import type { DataSource } from 'typeorm';
import type { KnownEvent } from '../domain/known-event.js';
import type { Place } from '../live/place.js';
import { EVENT_COLUMNS, type EventRow, eventOf } from './saga-events.js';

/** An event with its sequence number in the read model. */
export interface LiveEvent extends KnownEvent {
  readonly seq: number;
}

/** Reads the sequence number of the latest event; 0 without events. */
export async function latestSeq(dataSource: DataSource): Promise<number> {
  const [row] = await dataSource.query<{ seq: string }[]>('select coalesce(max(seq), 0) as seq from saga_events');
  return Number(row!.seq);
}

/** The current position of a reader of all events. */
export async function latestPlace(dataSource: DataSource): Promise<Place> {
  const [row] = await dataSource.query<{ life: string; seq: string }[]>(
    'select left(life::text, 8) as life, (select coalesce(max(seq), 0) from saga_events) as seq from generation',
  );
  return { life: row!.life, seq: Number(row!.seq) };
}

/** Reads the events after one position and up to another, of all orders or of some, in order; at most `limit`. */
export async function eventsBetween(
  dataSource: DataSource,
  after: number,
  upTo: number,
  limit: number,
  orderIds?: readonly string[],
): Promise<LiveEvent[]> {
  const rows = await dataSource.query<(EventRow & { seq: string })[]>(
    `select seq, ${EVENT_COLUMNS} from saga_events
     where seq > $1 and seq <= $2 ${orderIds ? 'and order_id = any($4::uuid[])' : ''} order by seq limit $3`,
    [after, upTo, limit, ...(orderIds ? [orderIds] : [])],
  );
  return rows.map((row) => ({ ...eventOf(row), seq: Number(row.seq) }));
}
