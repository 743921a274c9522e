import { describe, expect, it } from '@jest/globals';
import { exampleOrder } from '@quadrille/contracts';
import { letterOn } from './letter.js';

describe('the letter', () => {
  it('lists what a completed order holds, with prices in the order’s currency', () => {
    const letter = letterOn(exampleOrder());
    expect(letter).toMatchObject({ kind: 'order-completed', orderId: exampleOrder().orderId });
    expect(letter.text).toContain('2 × MUG-BLUE  £25.00');
    expect(letter.text).toContain('Total  £59.00');
    expect(letter.text).toContain('London, GB');
  });

  it('says why an order was cancelled', () => {
    const letter = letterOn({ ...exampleOrder(), reason: 'out-of-stock' });
    expect(letter.kind).toBe('order-cancelled');
    expect(letter.text).toContain('has been cancelled (out-of-stock)');
  });

  it('leaves out what is beyond fifty lines, and says how much that is', () => {
    const items = Array.from({ length: 60 }, (_, at) => ({ sku: `SKU-${at}`, quantity: 1, unitPrice: 100 }));
    const { text } = letterOn(exampleOrder({ items, total: 6_000 }));
    expect(text).toContain('SKU-49');
    expect(text).not.toContain('SKU-50');
    expect(text).toContain('and 10 more');
  });
});
