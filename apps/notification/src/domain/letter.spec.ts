import { describe, expect, it } from '@jest/globals';
import { ERASED } from '@quadrille/choreography';
import { exampleOrder } from '@quadrille/contracts';
import { letterFor } from './letter.js';

const { shippingAddress } = exampleOrder();

describe('the letter', () => {
  it('lists the lines of a completed order, with prices in the order’s currency', () => {
    const letter = letterFor(exampleOrder(), shippingAddress);
    expect(letter).toMatchObject({ kind: 'order-completed', orderId: exampleOrder().orderId });
    expect(letter.text).toContain('2 × MUG-BLUE  £25.00');
    expect(letter.text).toContain('Total  £59.00');
    expect(letter.text).toContain('London, GB');
  });

  it('states the reason of a cancellation', () => {
    const letter = letterFor({ ...exampleOrder(), reason: 'out-of-stock' }, shippingAddress);
    expect(letter.kind).toBe('order-cancelled');
    expect(letter.text).toContain('has been cancelled (out-of-stock)');
  });

  it('lists at most fifty lines, and counts the others', () => {
    const items = Array.from({ length: 60 }, (_, at) => ({ sku: `SKU-${at}`, quantity: 1, unitPrice: 100 }));
    const { text } = letterFor(exampleOrder({ items, total: 6_000 }), shippingAddress);
    expect(text).toContain('SKU-49');
    expect(text).not.toContain('SKU-50');
    expect(text).toContain('and 10 more');
  });

  it('greets the customer by name, and without one when the name was erased', () => {
    expect(letterFor(exampleOrder(), shippingAddress).text).toMatch(/^Dear Ada Lovelace,/);
    const { text } = letterFor(exampleOrder(), { ...shippingAddress, name: ERASED, city: ERASED });
    expect(text).toMatch(/^Dear customer,/);
    expect(text).toContain('on its way to GB.');
  });
});
