import { personal, text } from '@quadrille/choreography';
import { z } from 'zod';
import { Address, Amount, Currency, Id, PaymentChoice, Quantity, Sku } from './order-details.js';

/** A request with more lines is an attack or a mistake. Lines of one SKU are merged before {@link MAX_ORDER_LINES} applies. */
export const MAX_REQUESTED_LINES = 5_000;

const Line = personal(text(200));

/** The rule for new orders. Events use the older, looser rule, by which existing ones were written. */
const ShippingAddress = Address.extend({
  name: Line,
  line1: Line,
  line2: Line.optional(),
  city: Line,
  postalCode: personal(text(20)),
});

/** A guest, whose `customerId` is null, has no account. */
export const GUEST_PAYS_BY_CARD = { path: ['payment', 'method'], message: 'a guest pays by card' };
const canPay = (order: { customerId?: string | null | undefined; payment: { method: string } }): boolean =>
  order.customerId !== null || order.payment.method === 'card';

const Order = z.object({
  customerId: Id.nullable().optional(),
  items: z
    .array(z.object({ sku: Sku, quantity: Quantity }))
    .min(1)
    .max(MAX_REQUESTED_LINES),
  shippingAddress: ShippingAddress,
  payment: PaymentChoice.extend({ token: text(64).optional() }),
  currency: Currency,
});

/** Body of `POST /orders`. Without `customerId` it is an order of the signed-in customer, or else of a guest. */
export const OrderRequest = Order.refine(canPay, GUEST_PAYS_BY_CARD);
export type OrderRequest = z.infer<typeof OrderRequest>;

/** The input of place-order: the request, its customer and the id of the new order. */
export const PlaceOrder = Order.extend({ customerId: Id.nullable().default(null), orderId: Id }).refine(
  canPay,
  GUEST_PAYS_BY_CARD,
);
export const RequestCancellation = z.object({ orderId: Id, reason: text(100) });

/** The input of list-product: the body of `PUT /catalogue/:sku` and the SKU. */
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
