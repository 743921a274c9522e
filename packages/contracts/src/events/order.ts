import { event } from '@quadrille/choreography';
import { z } from 'zod';
import { CompensationDetails, OrderDetails } from '../order-details.js';

const order = { service: 'order', key: 'orderId' } as const;

export const OrderCreated = event('OrderCreated', {
  ...order,
  wireName: 'quadrille.order.created',
  version: 2,
  schema: OrderDetails,
  // Version 1 had the method as a string: `payment: 'card'`.
  upcasters: { 1: ({ payment, ...rest }) => ({ ...rest, payment: { method: payment } }) },
});

export const OrderCancellationRequested = event('OrderCancellationRequested', {
  ...order,
  wireName: 'quadrille.order.cancellation-requested',
  version: 1,
  schema: CompensationDetails.extend({ requestedBy: z.enum(['customer', 'deadline']) }),
});

export const OrderCompleted = event('OrderCompleted', {
  ...order,
  wireName: 'quadrille.order.completed',
  version: 1,
  schema: OrderDetails,
});

/** Everything that the saga had done is compensated. */
export const OrderCancelled = event('OrderCancelled', {
  ...order,
  wireName: 'quadrille.order.cancelled',
  version: 1,
  schema: CompensationDetails,
});
