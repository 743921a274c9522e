import type { PersonalData } from '@quadrille/choreography';
import { Address, OrderDetails, subjectOf } from '@quadrille/contracts';
import { momentOf } from '@quadrille/nest';
import { z } from 'zod';
import type { KnownOrder } from '../domain/order.js';
import type { OrderRecord } from '../persistence/order-record.js';
import { STATUSES, statusOf } from '../persistence/read-table.js';

/** A UUID in a path or query, normalised to lower case. */
export const Uuid = z.uuid().toLowerCase();

const Moment = z.iso.datetime();

const Erased = z.object({ erased: z.literal(true) });
const Text = z.union([z.string(), Erased]);

/** An order in the API; texts of the address whose key was erased are `{ "erased": true }`. */
export const OrderView = OrderDetails.extend({
  shippingAddress: Address.extend({ name: Text, line1: Text, line2: Text.optional(), city: Text, postalCode: Text }),
  status: z.enum(STATUSES),
  /** The reason code of the cancellation. */
  reason: z.string().nullable(),
  placedAt: Moment,
  endedAt: Moment.nullable(),
  /** The number of its events. */
  version: z.int().positive(),
});
export type OrderView = z.infer<typeof OrderView>;

/** The response for an accepted order. */
export const TakenOrder = z.object({
  orderId: z.uuid(),
  status: z.literal('PLACED'),
  total: OrderDetails.shape.total,
  currency: OrderDetails.shape.currency,
});
export type TakenOrder = z.infer<typeof TakenOrder>;

/** A row with malformed details or times is returned as it is, so that it does not fail its whole page. */
export const viewOfRecord = (record: OrderRecord): OrderView => {
  const { orderId, details, status, reason, placedAt, endedAt, version } = record;
  return {
    ...details,
    orderId,
    status,
    reason,
    placedAt: momentOf(placedAt),
    endedAt: endedAt && momentOf(endedAt),
    version,
  };
};

export const viewOfOrder = (order: KnownOrder): OrderView => ({
  ...order.details,
  status: statusOf(order),
  reason: 'reason' in order ? order.reason : null,
  placedAt: order.placedAt,
  endedAt: 'endedAt' in order ? order.endedAt : null,
  version: order.version,
});

/** Opens the addresses of these orders. */
export const withAddresses = (personalData: PersonalData, orders: readonly OrderView[]): Promise<OrderView[]> =>
  Promise.all(
    orders.map(async (order) => {
      const shippingAddress = await personalData.open(subjectOf(order), order.shippingAddress);
      return { ...order, shippingAddress } as OrderView;
    }),
  );
