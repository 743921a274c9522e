import type { SentOrder } from '../run/customers.js';
import { query } from '../run/servers.js';

/** Of the orders due in that time, the number of cancellations per reason. The reasons show why orders did not complete. */
export async function cancelledIn(
  orderUrl: string,
  sentOrders: readonly SentOrder[],
  from: number,
  to: number,
): Promise<Record<string, number>> {
  const rows = await query<{ id: string; reason: string | null }>(
    orderUrl,
    `select order_id::text as id, reason from orders where status = 'CANCELLED'`,
  );
  const due = new Set(
    sentOrders.filter(({ dueAt }) => dueAt >= from && dueAt < to).map(({ orderId, shopId }) => shopId ?? orderId),
  );
  const counts: Record<string, number> = {};
  for (const { id, reason } of rows) if (due.has(id)) counts[reason ?? 'none'] = (counts[reason ?? 'none'] ?? 0) + 1;
  return counts;
}
