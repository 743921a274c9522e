import { z } from 'zod';
import { COUNTRIES } from './countries.js';

/** The most lines one order may have, after merging the lines of one SKU. */
export const MAX_ORDER_LINES = 1_000;
/** The most pieces one line may ask for. */
export const MAX_LINE_QUANTITY = 1_000_000;
/** ISO 4217 codes the shop takes. */
export const CURRENCIES = ['EUR', 'GBP', 'USD'] as const;

/** A UUID in the one spelling that PostgreSQL answers in: keys are compared as text. */
export const Id = z.uuid().toLowerCase();
/** A stock keeping unit, as warehouses write it: letters, digits, and inside also blanks, dots, dashes, underscores. */
export const Sku = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?$/, 'is no SKU');
/** An amount in minor units (pence, cents); a safe integer, never negative. */
export const Amount = z.int().nonnegative();
export const Currency = z.enum(CURRENCIES);
export const Quantity = z.int().positive().max(MAX_LINE_QUANTITY);
const Line = z.string().trim().min(1).max(200);

/** Where the goods go; `country` is ISO 3166-1 alpha-2. */
export const Address = z.object({
  name: Line,
  line1: Line,
  line2: Line.optional(),
  city: Line,
  postalCode: z.string().trim().min(1).max(20),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, { error: 'is no ISO 3166-1 alpha-2 code', abort: true })
    .refine((code) => COUNTRIES.has(code), 'is no country of ISO 3166-1'),
});

/** How the customer pays; `token` stands for the card at the provider and is no secret of the card itself. */
export const PaymentChoice = z.object({
  method: z.enum(['account', 'card']),
  token: z.string().min(1).max(64).optional(),
});

export const Item = z.object({ sku: Sku, quantity: Quantity, unitPrice: Amount });

/**
 * What every event of the saga carries, so that no service must ask another or wait for a second event:
 * who buys what for how much, how it is paid and where it goes. A guest has no `customerId`.
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

/** What an event carries that makes the saga turn back: the itinerary, and a stable word for the reason (`out-of-stock`). */
export const CompensationDetails = OrderDetails.extend({ reason: z.string().min(1).max(100) });
export type CompensationDetails = z.infer<typeof CompensationDetails>;

/** The itinerary of an event, without what that event adds: the next event starts from it. */
export const orderDetailsOf = ({
  orderId,
  customerId,
  items,
  total,
  currency,
  payment,
  shippingAddress,
}: OrderDetails): OrderDetails => ({ orderId, customerId, items, total, currency, payment, shippingAddress });
