import type { OrderDetails } from './order-details.js';

/** An example order for specs and documents: Ada buys two mugs and a teapot on her account. */
export const exampleOrder = (changes: Partial<OrderDetails> = {}): OrderDetails => ({
  orderId: '01980000-0000-7000-8000-000000000001',
  customerId: '01980000-0000-7000-8000-0000000000ad',
  items: [
    { sku: 'MUG-BLUE', quantity: 2, unitPrice: 1_250 },
    { sku: 'TEAPOT', quantity: 1, unitPrice: 3_400 },
  ],
  total: 5_900,
  currency: 'GBP',
  payment: { method: 'account' },
  shippingAddress: {
    name: 'Ada Lovelace',
    line1: '12 St James’s Square',
    city: 'London',
    postalCode: 'SW1Y 4JH',
    country: 'GB',
  },
  ...changes,
});
