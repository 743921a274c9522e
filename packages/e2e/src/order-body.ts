import { type OrderBody, SOLD_OUT } from '@quadrille/load';
import { PEOPLE } from '@quadrille/local';

/** A valid order of one piece, with changes. */
export const orderBody = (changes: Partial<OrderBody> = {}): OrderBody => ({
  customerId: PEOPLE.rich[0]!,
  items: [{ sku: 'TEAPOT', quantity: 1 }],
  shippingAddress: ADDRESS,
  payment: { method: 'account' },
  currency: 'GBP',
  ...changes,
});

const ADDRESS = {
  name: 'Ada',
  line1: '12 St James’s Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  country: 'GB',
};

/** An order whose saga fails with the event of that name. */
export function orderThatFails(event: string): OrderBody {
  switch (event) {
    case 'PaymentFailed':
      return orderBody({ customerId: PEOPLE.poor });
    case 'InventoryReservationFailed':
      return orderBody({ items: [{ sku: SOLD_OUT, quantity: 1 }] });
    case 'ShipmentFailed':
      return orderBody({ shippingAddress: { ...ADDRESS, country: 'AQ' } });
    case 'PaymentCaptureFailed':
      return orderBody({ payment: { method: 'card', token: 'tok_capture-declined' } });
    default:
      throw new Error(`No order is known that makes ${event} happen.`);
  }
}
