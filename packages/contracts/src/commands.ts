import { text } from '@quadrille/choreography';
import { z } from 'zod';
import { Address, Amount, Currency, Id, PaymentChoice, Quantity, Sku } from './order-details.js';

/** More lines than this are no order but an attack or a mistake; lines of one SKU are merged before the order's own limit. */
export const MAX_REQUESTED_LINES = 5_000;

const Line = text(200);

/** Of an order that comes in. What events say of it was kept by a rule of its day, and is read by that. */
const ShippingAddress = Address.extend({
  name: Line,
  line1: Line,
  line2: Line.optional(),
  city: Line,
  postalCode: text(20),
});

/** Body of `POST /orders`. A guest leaves `customerId` out and pays by card. */
export const OrderRequest = z
  .object({
    customerId: Id.nullable().default(null),
    items: z
      .array(z.object({ sku: Sku, quantity: Quantity }))
      .min(1)
      .max(MAX_REQUESTED_LINES),
    shippingAddress: ShippingAddress,
    payment: PaymentChoice.extend({ token: text(64).optional() }),
    currency: Currency,
  })
  .refine((order) => order.customerId !== null || order.payment.method === 'card', {
    path: ['payment', 'method'],
    message: 'a guest pays by card',
  });
export type OrderRequest = z.infer<typeof OrderRequest>;

/** What place-order is given: the request, and the id the order will have. */
export const PlaceOrder = OrderRequest.safeExtend({ orderId: Id });
export const RequestCancellation = z.object({ orderId: Id, reason: text(100) });

/** What list-product is given: the body of `PUT /catalogue/:sku` and the SKU. */
export const ListProduct = z.object({
  sku: Sku,
  name: text(200),
  price: Amount,
  currency: Currency,
  weightGrams: z.int().nonnegative().max(1_000_000),
});
export const ReceiveStock = z.object({ sku: Sku, receiptId: Id, quantity: Quantity });
export const DepositFunds = z.object({
  customerId: Id,
  depositId: Id,
  amount: Amount.positive(),
  currency: Currency,
});
