import { Item } from '@quadrille/contracts';
import type { DataSource } from 'typeorm';
import { z } from 'zod';

/** The reservation of an order in responses. */
export const ReservationView = z.object({
  orderId: z.uuid(),
  status: z.enum(['reserved', 'failed', 'released', 'committed']),
  items: z
    .array(Item)
    .describe(
      'The reserved lines, current or former; the requested lines of a failed reservation; empty for a release without a reservation.',
    ),
  reason: z.string().nullable().describe('The reason of the failure or release.'),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
});
export type ReservationView = z.infer<typeof ReservationView>;

interface Row {
  order_id: string;
  status: ReservationView['status'];
  items: Item[];
  reason: string | null;
  created_at: Date;
  changed_at: Date;
}

/** The reservation of an order; undefined before the first event of the order. */
export async function findReservation(dataSource: DataSource, orderId: string): Promise<ReservationView | undefined> {
  const [row] = await dataSource.query<Row[]>(
    `select order_id, status, items, reason, created_at, changed_at from reservations where order_id = $1::uuid`,
    [orderId],
  );
  if (!row) return undefined;
  return {
    orderId: row.order_id,
    status: row.status,
    items: row.items,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
  };
}
