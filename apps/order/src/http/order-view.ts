import { OrderDetails } from '@quadrille/contracts';
import { momentOf } from '@quadrille/nest';
import { z } from 'zod';
import type { KnownOrder } from '../domain/order.js';
import type { OrderRecord } from '../persistence/order-record.js';
import { STATUSES, statusOf } from '../persistence/read-table.js';

/** A UUID in a path or query: written in capitals it is still the same. */
export const Uuid = z.uuid().toLowerCase();

const Moment = z.iso.datetime();

/** An order as callers see it. */
export const OrderView = OrderDetails.extend({
  status: z.enum(STATUSES),
  /** Why it is being or was cancelled. */
  reason: z.string().nullable(),
  placedAt: Moment,
  endedAt: Moment.nullable(),
  /** How many things were said about it so far. */
  version: z.int().positive(),
});
export type OrderView = z.infer<typeof OrderView>;

/** What a caller is answered when an order was taken. */
export const TakenOrder = z.object({
  orderId: z.uuid(),
  status: z.literal('PLACED'),
  total: OrderDetails.shape.total,
  currency: OrderDetails.shape.currency,
});
export type TakenOrder = z.infer<typeof TakenOrder>;

/** A row with an itinerary or a time of another form costs no other its page: it is shown as it stands. */
export const viewOfRecord = (record: OrderRecord): OrderView => {
  const { orderId, itinerary, status, reason, placedAt, endedAt, version } = record;
  return {
    ...itinerary,
    orderId,
    status,
    reason,
    placedAt: momentOf(placedAt),
    endedAt: endedAt && momentOf(endedAt),
    version,
  };
};

export const viewOfOrder = (order: KnownOrder): OrderView => ({
  ...order.itinerary,
  status: statusOf(order),
  reason: 'reason' in order ? order.reason : null,
  placedAt: order.placedAt,
  endedAt: 'endedAt' in order ? order.endedAt : null,
  version: order.version,
});
