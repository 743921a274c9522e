import { given } from '@quadrille/testing/steps';
import { OrderPlaced } from './ordering.js';
import { placeOrder } from './place-order.step.js';

const order = { orderId: 'one', sku: 'mug', quantity: 2 };

describe('place-order', () => {
  it('places an order once', () => {
    given().when(placeOrder, order).thenEmits(OrderPlaced(order));
    given(OrderPlaced(order)).when(placeOrder, order).thenIgnores();
  });
});
