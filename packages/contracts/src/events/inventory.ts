import { event } from '@quadrille/choreography';
import { z } from 'zod';
import { Amount, CompensationDetails, Currency, Id, Item, OrderDetails, Quantity, Sku } from '../order-details.js';

const inventory = { service: 'inventory', key: 'orderId', version: 1 } as const;

export const InventoryReserved = event('InventoryReserved', {
  ...inventory,
  wireName: 'quadrille.inventory.reserved',
  schema: OrderDetails,
});

/** All or nothing: no line was reserved; `missing` lists the unavailable lines. */
export const InventoryReservationFailed = event('InventoryReservationFailed', {
  ...inventory,
  failure: true,
  wireName: 'quadrille.inventory.reservation-failed',
  schema: CompensationDetails.extend({
    missing: z.array(z.object({ sku: Sku, wanted: z.int().positive(), available: z.int().nonnegative() })).min(1),
  }),
});

/** No reservation remains; `released` lists the lines that were reserved, empty if there were none. */
export const InventoryReleased = event('InventoryReleased', {
  ...inventory,
  wireName: 'quadrille.inventory.released',
  schema: CompensationDetails.extend({ released: z.array(Item) }),
});

/** The reserved lines permanently left the stock. */
export const InventoryCommitted = event('InventoryCommitted', {
  ...inventory,
  wireName: 'quadrille.inventory.committed',
  final: true,
  schema: OrderDetails,
});

const Product = z.object({
  sku: Sku,
  name: z.string().trim().min(1).max(200),
  price: Amount,
  currency: Currency,
  weightGrams: z.int().nonnegative().max(1_000_000),
  /** The number of changes of this product, assigned under its row lock: the highest is the newest, independent of clocks. Older events have none. */
  revision: z.int().positive().optional(),
});

const catalogue = { service: 'inventory', key: 'sku', version: 1 } as const;

/** A product is new, or its name or weight changed. */
export const ProductListed = event('ProductListed', {
  ...catalogue,
  wireName: 'quadrille.inventory.product-listed',
  schema: Product,
});

export const PriceChanged = event('PriceChanged', {
  ...catalogue,
  wireName: 'quadrille.inventory.price-changed',
  schema: Product.extend({ previousPrice: Amount, previousCurrency: Currency }),
});

export const StockReceived = event('StockReceived', {
  ...catalogue,
  wireName: 'quadrille.inventory.stock-received',
  final: true,
  schema: z.object({ sku: Sku, receiptId: Id, quantity: Quantity }),
});
