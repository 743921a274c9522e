import type { Tx } from '@quadrille/choreography';
import { orders } from '../domain/order.js';
import { rebuild } from '../domain/rebuild.js';
import { byStream, EVENT_COLUMNS, type EventRow, keptEvent } from './kept-event.js';
import { writeOrders } from './read-table.js';

/** How many orders one transaction rebuilds. */
const PAGE_ORDERS = 1_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * Writes the table `orders` anew from the events, page by page, each in a transaction of its own; the service may run
 * meanwhile. Rows without events go. Returns how many orders there are.
 */
export async function rebuildOrders(transaction: <R>(work: (tx: Tx) => Promise<R>) => Promise<R>): Promise<number> {
  let count = 0;
  for (let last: string | undefined = BEFORE_ALL; last !== undefined; ) {
    const after: string = last;
    const page: string[] = await transaction((tx) => rebuildPage(tx, after));
    count += page.length;
    last = page.at(-1);
  }
  await transaction(deleteOrphans);
  return count;
}

/** Rebuilds the orders that come next, and says which those were. */
async function rebuildPage(tx: Tx, after: string): Promise<string[]> {
  const streams = byStream(await nextHistories(tx, after));
  const rebuilt = [...streams].map(([orderId, rows]) => rebuild(orders.initial(orderId), rows.map(keptEvent)));
  const known = rebuilt.filter((order) => order.status !== 'none');
  if (known.length > 0) await writeOrders(tx, known);
  return [...streams.keys()];
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
