import { event } from '@quadrille/choreography';
import { z } from 'zod';
import { Itinerary, Undo } from '../itinerary.js';

const order = { by: 'order', key: 'orderId' } as const;

export const OrderCreated = event('OrderCreated', {
  ...order,
  wire: 'quadrille.order.created',
  version: 2,
  schema: Itinerary,
  // Version 1 had only the word for the method: `payment: 'card'`.
  upcasters: { 1: ({ payment, ...rest }) => ({ ...rest, payment: { method: payment } }) },
});

export const OrderCancellationRequested = event('OrderCancellationRequested', {
  ...order,
  wire: 'quadrille.order.cancellation-requested',
  version: 1,
  schema: Undo.extend({ requestedBy: z.enum(['customer', 'deadline']) }),
});

export const OrderCompleted = event('OrderCompleted', {
  ...order,
  wire: 'quadrille.order.completed',
  version: 1,
  schema: Itinerary,
});

/** Everything the saga had done is undone. */
export const OrderCancelled = event('OrderCancelled', {
  ...order,
  wire: 'quadrille.order.cancelled',
  version: 1,
  schema: Undo,
});
