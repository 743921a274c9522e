import type { Tx } from '@quadrille/choreography';
import type { ActiveSagas } from '@quadrille/nest';

/** Counts orders that have not ended, by status. The index `orders_by_status` groups them, so ended orders are not read. */
export async function activeOrders(tx: Tx): Promise<ActiveSagas> {
  const { rows } = await tx.query<{ status: string; orders: number; age: number }>(
    `select status, count(*)::float8 as orders, extract(epoch from now() - min(placed_at))::float8 as age
     from orders
     where status in ('PLACED', 'CANCELLING')
     group by status`,
  );
  return {
    byState: { PLACED: 0, CANCELLING: 0, ...Object.fromEntries(rows.map(({ status, orders }) => [status, orders])) },
    oldestAgeSeconds: Math.max(0, ...rows.map(({ age }) => age)),
  };
}

/** Counts orders that were placed within the given number of seconds and have not ended: a range of the same index. */
export async function openOrders(tx: Tx, withinSeconds: number): Promise<number> {
  const { rows } = await tx.query<{ orders: number }>(
    `select count(*)::float8 as orders
     from orders
     where status in ('PLACED', 'CANCELLING') and placed_at > now() - make_interval(secs => $1::float8)`,
    [withinSeconds],
  );
  return rows[0]!.orders;
}
