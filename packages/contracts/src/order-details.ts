import { sealedOr } from '@quadrille/choreography';
import { z } from 'zod';
import { COUNTRIES } from './countries.js';

/** The maximum number of lines per order, after merging the lines of one SKU. */
export const MAX_ORDER_LINES = 1_000;
/** The maximum quantity per line. */
export const MAX_LINE_QUANTITY = 1_000_000;
/** The accepted ISO 4217 codes. */
export const CURRENCIES = ['EUR', 'GBP', 'USD'] as const;

/** A UUID in lower case, as PostgreSQL returns it: keys are compared as text. */
export const Id = z.uuid().toLowerCase();
/** A SKU: letters and digits, and between them also blanks, dots, dashes and underscores. */
export const Sku = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?$/, 'is not a SKU');
/** An amount in minor units (pence, cents); a safe integer, never negative. */
export const Amount = z.int().nonnegative();
export const Currency = z.enum(CURRENCIES);
export const Quantity = z.int().positive().max(MAX_LINE_QUANTITY);
const Line = sealedOr(z.string().trim().min(1).max(200));

/** The delivery address, personal data but for `country`, which is ISO 3166-1 alpha-2. */
export const Address = z.object({
  name: Line,
  line1: Line,
  line2: Line.optional(),
  city: Line,
  postalCode: sealedOr(z.string().trim().min(1).max(20)),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, { error: 'is not an ISO 3166-1 alpha-2 code', abort: true })
    .refine((code) => COUNTRIES.has(code), 'is not a country of ISO 3166-1'),
});

/** The payment method; `token` identifies the card at the provider and reveals nothing about the card. */
export const PaymentChoice = z.object({
  method: z.enum(['account', 'card']),
  token: z.string().min(1).max(64).optional(),
});

export const Item = z.object({ sku: Sku, quantity: Quantity, unitPrice: Amount });

/**
 * The data in every event of the saga, so that no service needs to call another or wait for a second event: customer, items, total,
 * payment and delivery address. A guest has no `customerId`.
 */
export const OrderDetails = z.object({
  orderId: Id,
  customerId: Id.nullable(),
  items: z.array(Item).min(1).max(MAX_ORDER_LINES),
  total: Amount,
  currency: Currency,
  payment: PaymentChoice,
  shippingAddress: Address,
});
export type OrderDetails = z.infer<typeof OrderDetails>;
export type Item = z.infer<typeof Item>;
export type Address = z.infer<typeof Address>;

/** The person that the order's personal data belong to: the customer. A guest's data have a key per order. */
export const subjectOf = ({ customerId, orderId }: Pick<OrderDetails, 'customerId' | 'orderId'>): string =>
  customerId ?? orderId;

/** The data of an event that starts or continues compensation: the order's details and a stable reason code (`out-of-stock`). */
export const CompensationDetails = OrderDetails.extend({ reason: z.string().min(1).max(100) });
export type CompensationDetails = z.infer<typeof CompensationDetails>;

/** The order's details of an event, without the fields that the event adds. */
export const orderDetailsOf = ({
  orderId,
  customerId,
  items,
  total,
  currency,
  payment,
  shippingAddress,
}: OrderDetails): OrderDetails => ({ orderId, customerId, items, total, currency, payment, shippingAddress });
