import type { DataSource } from 'typeorm';
import { z } from 'zod';

/** The shipment of an order in the API. */
export const ShipmentView = z.object({
  orderId: z.uuid(),
  status: z.enum(['created', 'failed', 'cancelled', 'dispatched']),
  trackingNumber: z.string().nullable().describe('Null if nothing was ever booked.'),
  destination: z.string().describe('ISO 3166-1 alpha-2.'),
  reason: z.string().nullable().describe('The reason code of a failure or cancellation.'),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
});
export type ShipmentView = z.infer<typeof ShipmentView>;

interface Row {
  order_id: string;
  status: ShipmentView['status'];
  tracking_number: string | null;
  destination: string;
  reason: string | null;
  created_at: Date;
  changed_at: Date;
}

/** Reads the shipment of an order; undefined before the first event of the order. */
export async function findShipment(dataSource: DataSource, orderId: string): Promise<ShipmentView | undefined> {
  const [row] = await dataSource.query<Row[]>(
    `select order_id, status, tracking_number, destination, reason, created_at, changed_at
     from shipments where order_id = $1::uuid`,
    [orderId],
  );
  if (!row) return undefined;
  return {
    orderId: row.order_id,
    status: row.status,
    trackingNumber: row.tracking_number,
    destination: row.destination,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
  };
}
