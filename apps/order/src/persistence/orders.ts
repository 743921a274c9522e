import type { Change, Store, Tx } from '@quadrille/choreography';
import { overKeys, utc, writing } from '@quadrille/nest';
import { type KnownOrder, type Order, orders } from '../domain/order.js';
import { rebuild } from '../domain/rebuild.js';
import { jsonOnce } from './json-once.js';
import { appendEvents } from './order-events.js';
import { isSnapshot, SNAPSHOT_SHAPE, takeSnapshots } from './order-snapshots.js';
import { changeOrders, writeOrders } from './read-table.js';
import { byStream, type EventRow, storedEvent } from './stored-event.js';

/**
 * The event-sourced store of orders. Loading takes no lock: the second transaction that appends to a stream gets a conflict.
 * Ended and cancelling are never left again for an earlier status, so a step that ignores its input needs no lock.
 */
export const orderStore = (snapshotEveryEvents: number): Store<Order> =>
  writing({
    async load(tx, keys) {
      const streams = byStream(await replay(tx, keys, SNAPSHOT_SHAPE));
      const passedOver = [...streams].filter(
        ([orderId, [first]]) => first!.type === null && !isSnapshot(orderId, first!),
      );
      if (passedOver.length > 0) {
        const whole = await replay(
          tx,
          passedOver.map(([orderId]) => orderId),
          NO_SNAPSHOT,
        );
        for (const [orderId, rows] of byStream(whole)) streams.set(orderId, rows);
      }
      return new Map([...streams].map(([orderId, rows]) => [orderId, stateFrom(orderId, rows)]));
    },

    writes(changed) {
      const fresh = changed.filter(({ before }) => before === undefined).flatMap(knownAfter);
      const known = changed.filter(({ before }) => before !== undefined).flatMap(knownAfter);
      const json = jsonOnce();
      return [
        appendEvents(changed, json),
        ...(fresh.length > 0 ? [writeOrders(fresh, json)] : []),
        ...(known.length > 0 ? [changeOrders(known)] : []),
        ...takeSnapshots(changed, snapshotEveryEvents),
      ];
    },
  });

const knownAfter = ({ after }: Change<Order>): KnownOrder[] => (after.status === 'none' ? [] : [after]);

/** A shape that no snapshot has. */
const NO_SNAPSHOT = 0;

type SnapshotRow = { readonly type: null; readonly version: number; readonly data: unknown };
type ReplayRow = { readonly stream_id: string } & (SnapshotRow | EventRow);

/**
 * Reads the rows from which orders are rebuilt, in order: per order the latest snapshot, if it exists, and the events after it.
 */
async function replay(tx: Tx, keys: readonly string[], shape: number): Promise<ReplayRow[]> {
  const { rows } = await tx.query<ReplayRow>(...REPLAY(keys, shape));
  return rows;
}

const REPLAY = overKeys(
  'uuid',
  (among) =>
    `with latest as (
       select distinct on (stream_id) stream_id, version, state
       from order_snapshots
       where stream_id ${among} and shape = $1::int
       order by stream_id, version desc
     )
     select stream_id, version, null as event_id, null as type, state as data, null as at
     from latest
     union all
     select e.stream_id, e.version, e.event_id, e.type, e.data, ${utc('e.at')} as at
     from order_events e left join latest using (stream_id)
     where e.stream_id ${among} and e.version > coalesce(latest.version, 0)
     order by stream_id, version`,
  1,
);

function stateFrom(orderId: string, rows: readonly ReplayRow[]): Order {
  const [first] = rows;
  const start = first?.type === null ? (first.data as Order) : orders.initial(orderId);
  return rebuild(start, rows.filter((row) => row.type !== null).map(storedEvent));
}
