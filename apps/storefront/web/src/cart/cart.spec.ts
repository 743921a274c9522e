import { describe, expect, it } from '@jest/globals';
import { added, type Cart, cartFrom, piecesIn, withQuantity } from './cart.js';

const cart: Cart = [
  { sku: 'TEAPOT', quantity: 1 },
  { sku: 'MUG', quantity: 2 },
];

describe('the cart', () => {
  it('has one line per SKU', () => {
    expect(added(cart, 'MUG')).toEqual([cart[0], { sku: 'MUG', quantity: 3 }]);
    expect(added(cart, 'TRAY').at(-1)).toEqual({ sku: 'TRAY', quantity: 1 });
  });
  it('removes a line with zero pieces', () => {
    expect(withQuantity(cart, 'TEAPOT', 0)).toEqual([cart[1]]);
  });
  it('ignores an invalid number of pieces', () => {
    expect(withQuantity(cart, 'MUG', 1.5)).toBe(cart);
    expect(withQuantity(cart, 'MUG', Number.NaN)).toBe(cart);
    expect(withQuantity(cart, 'MUG', -1)).toBe(cart);
  });
  it('counts its pieces', () => {
    expect(piecesIn(cart)).toBe(3);
  });
  it('is empty if the stored text is not a cart', () => {
    for (const text of [undefined, '', '{', 'null', '{"sku":"A"}', '[{"sku":1,"quantity":2}]', '[null]']) {
      expect(cartFrom(text)).toEqual([]);
    }
    expect(cartFrom(JSON.stringify(cart))).toEqual(cart);
  });
});
