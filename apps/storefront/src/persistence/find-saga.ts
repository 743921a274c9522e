import { momentOf } from '@quadrille/nest';
import type { DataSource } from 'typeorm';
import type { KnownEvent } from '../domain/known-event.js';
import type { Notice } from '../reading/read-record.js';
import { EVENT_COLUMNS, type EventRow, eventOf } from './saga-events.js';

/** A saga has about twenty events; only an abusive caller creates more. */
const MAX_EVENTS = 1_000;

/** An event of a saga with its data, and its record's headers and time, which are null if they were not stored. */
export interface EventWithData extends KnownEvent {
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly writtenAt: string | null;
}

interface WholeRow extends EventRow {
  data: unknown;
  headers: Record<string, string> | null;
  written_at: Date | null;
}

/** Reads all events of one order, in no particular order; empty for an unknown order. */
export async function findEvents(dataSource: DataSource, orderId: string): Promise<EventWithData[]> {
  const rows = await dataSource.query<WholeRow[]>(
    `select ${EVENT_COLUMNS}, data, headers, written_at from saga_events where order_id = $1 order by seq limit $2`,
    [orderId, MAX_EVENTS],
  );
  return rows.map((row) => ({
    ...eventOf(row),
    data: row.data,
    headers: row.headers,
    writtenAt: row.written_at && momentOf(row.written_at),
  }));
}

/** Returns the orders among these that have a known event. */
export async function knownOrders(dataSource: DataSource, orderIds: readonly string[]): Promise<string[]> {
  const rows = await dataSource.query<{ order_id: string }[]>(
    'select distinct order_id from saga_events where order_id = any($1::uuid[])',
    [orderIds],
  );
  return rows.map(({ order_id }) => order_id);
}

/** Returns the orders among these that belong to a customer. */
export async function ordersOf(
  dataSource: DataSource,
  customerId: string,
  orderIds: readonly string[],
): Promise<string[]> {
  const rows = await dataSource.query<{ order_id: string }[]>(
    `select distinct order_id from saga_events where order_id = any($1::uuid[]) and data->>'customerId' = $2`,
    [orderIds, customerId],
  );
  return rows.map(({ order_id }) => order_id);
}

interface NoticeRow {
  order_id: string;
  event_id: string;
  step: string;
  service: string;
  code: string;
  cause: string;
  at: Date;
}

/** Reads the dead letters of an order, oldest first. */
export async function findNotices(dataSource: DataSource, orderId: string): Promise<Notice[]> {
  const rows = await dataSource.query<NoticeRow[]>(
    'select order_id, event_id, step, service, code, cause, at from notices where order_id = $1 order by at limit $2',
    [orderId, MAX_EVENTS],
  );
  return rows.map(({ order_id, event_id, at, ...rest }) => ({
    orderId: order_id,
    eventId: event_id,
    ...rest,
    at: momentOf(at),
  }));
}
