import { type Change, type Tx, upcast, type Write } from '@quadrille/choreography';
import { OrderCreated } from '@quadrille/contracts';
import type { Order } from '../domain/order.js';

/** The version of the shape of {@link Order}. Raise it when the shape changes: snapshots of another shape are skipped. */
export const SNAPSHOT_SHAPE = 2;

/**
 * Checks whether a row holds an order of this version. A row from another version, or edited by hand, is skipped, because the
 * events still exist.
 */
export function isSnapshot(orderId: string, row: { readonly version: number; readonly data: unknown }): boolean {
  const state = row.data as Partial<Record<string, unknown>> | null;
  if (typeof state !== 'object' || state === null) return false;
  const { status, details, placedAt, reason, endedAt } = state;
  const isEnded = status === 'completed' || status === 'cancelled';
  const isCancelled = status === 'cancelling' || status === 'cancelled';
  return (
    (status === 'placed' || isEnded || isCancelled) &&
    state.orderId === orderId &&
    state.version === row.version &&
    isTime(placedAt) &&
    (!isEnded || isTime(endedAt)) &&
    (!isCancelled || typeof reason === 'string') &&
    isDetails(details)
  );
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const isTime = (value: unknown): boolean => typeof value === 'string' && ISO_TIME.test(value);

function isDetails(value: unknown): boolean {
  try {
    upcast(OrderCreated, OrderCreated.version, value);
    return true;
  } catch {
    return false;
  }
}

/** Takes a snapshot of each order that has another `every` events. */
export function takeSnapshots(changed: readonly Change<Order>[], every: number): Write[] {
  const due = changed.filter(
    ({ before, after }) => Math.floor(after.version / every) > Math.floor((before?.version ?? 0) / every),
  );
  if (due.length === 0) return [];
  const taken = {
    text: `insert into order_snapshots (stream_id, version, shape, state)
     select stream_id, version, $4::int, state
     from unnest($1::uuid[], $2::int[], $3::json[]) as taken (stream_id, version, state)`,
    values: [
      due.map(({ key }) => key),
      due.map(({ after }) => after.version),
      due.map(({ after }) => JSON.stringify(after)),
      SNAPSHOT_SHAPE,
    ],
  };
  return [taken];
}

/** Deletes the oldest snapshots. Any snapshot may be deleted, including the latest of an order: its events still exist. */
export async function purgeSnapshots(tx: Tx, olderThanHours: number, limit: number): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from order_snapshots
     where (stream_id, version) in (
       select stream_id, version from order_snapshots
       where taken_at < now() - make_interval(hours => $1::int)
       order by taken_at
       limit $2::int
       for update skip locked
     )`,
    [olderThanHours, limit],
  );
  return rowCount ?? 0;
}
