import type { Change, Tx } from '@quadrille/choreography';
import type { Order } from '../domain/order.js';

/** Counts the shapes that {@link Order} has had. Raise it when the shape changes: snapshots of another are passed over. */
export const SNAPSHOT_SHAPE = 1;

/** Takes a snapshot of each order that has come by another `every` events. */
export async function takeSnapshots(tx: Tx, changed: readonly Change<Order>[], every: number): Promise<void> {
  const due = changed.filter(
    ({ before, after }) => Math.floor(after.version / every) > Math.floor((before?.version ?? 0) / every),
  );
  if (due.length === 0) return;
  await tx.query(
    `insert into order_snapshots (stream_id, version, shape, state)
     select stream_id, version, $4::int, state
     from unnest($1::uuid[], $2::int[], $3::json[]) as taken (stream_id, version, state)`,
    [
      due.map(({ key }) => key),
      due.map(({ after }) => after.version),
      due.map(({ after }) => JSON.stringify(after)),
      SNAPSHOT_SHAPE,
    ],
  );
}

/** Deletes the oldest snapshots. Any may go, the latest of an order as well: its events are still there. */
export async function forgetSnapshots(tx: Tx, olderThanHours: number, limit: number): Promise<number> {
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
