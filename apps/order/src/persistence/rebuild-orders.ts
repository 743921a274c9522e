import type { Tx } from '@quadrille/choreography';
import { type KnownOrder, orders } from '../domain/order.js';
import { rebuild } from '../domain/rebuild.js';
import { writeOrders } from './read-table.js';
import { byStream, EVENT_COLUMNS, type EventRow, storedEvent } from './stored-event.js';

/** Number of orders per transaction. */
const PAGE_ORDERS = 1_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** An order with an unreadable event: its row stays unchanged. */
interface UnreadableOrder {
  readonly orderId: string;
  readonly cause: string;
}

export interface Rebuilt {
  readonly orders: number;
  readonly unreadable: readonly UnreadableOrder[];
}

/**
 * Rebuilds the table `orders` from the events, page by page, in one transaction each; the service may run at the same time.
 * Deletes rows without events.
 */
export async function rebuildOrders(transaction: <R>(work: (tx: Tx) => Promise<R>) => Promise<R>): Promise<Rebuilt> {
  let count = 0;
  const unreadable: UnreadableOrder[] = [];
  for (let last: string | undefined = BEFORE_ALL; last !== undefined; ) {
    const after: string = last;
    const page = await transaction((tx) => rebuildPage(tx, after));
    count += page.orderIds.length - page.unreadable.length;
    for (const each of page.unreadable) unreadable.push(each);
    last = page.orderIds.at(-1);
  }
  await transaction(deleteOrphans);
  return { orders: count, unreadable };
}

interface Page {
  readonly orderIds: readonly string[];
  readonly unreadable: readonly UnreadableOrder[];
}

/** Rebuilds the next page of orders. */
async function rebuildPage(tx: Tx, after: string): Promise<Page> {
  const streams = byStream(await nextHistories(tx, after));
  const known: KnownOrder[] = [];
  const unreadable: UnreadableOrder[] = [];
  for (const [orderId, rows] of streams) {
    try {
      const order = rebuild(orders.initial(orderId), rows.map(storedEvent));
      if (order.status !== 'none') known.push(order);
    } catch (error) {
      unreadable.push({ orderId, cause: error instanceof Error ? error.message : String(error) });
    }
  }
  if (known.length > 0) {
    const { text, values } = writeOrders(known);
    await tx.query(text, values);
  }
  return { orderIds: [...streams.keys()], unreadable };
}

async function nextHistories(tx: Tx, after: string): Promise<(EventRow & { readonly stream_id: string })[]> {
  const { rows } = await tx.query<EventRow & { readonly stream_id: string }>(
    `select stream_id, ${EVENT_COLUMNS} from order_events
     where stream_id in (
       select stream_id from order_events where stream_id > $1::uuid and version = 1 order by stream_id limit $2::int
     )
     order by stream_id, version`,
    [after, PAGE_ORDERS],
  );
  return rows;
}

async function deleteOrphans(tx: Tx): Promise<void> {
  await tx.query(
    `delete from orders o
     where not exists (select from order_events e where e.stream_id = o.order_id and e.version = 1)`,
  );
}
