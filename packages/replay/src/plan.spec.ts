import { describe, expect, it } from '@jest/globals';
import type { InvoiceLine } from './invoice-line.js';
import { plan } from './plan.js';
import { countFates } from './replay.js';

let number = 1;
const line = (changes: Partial<InvoiceLine>): InvoiceLine => ({
  line: ++number,
  invoice: '536365',
  stockCode: '85123A',
  description: 'WHITE HANGING HEART',
  quantity: '6',
  unitPrice: '2.55',
  customer: '17850.0',
  country: 'United Kingdom',
  ...changes,
});

const refusalOf = (changes: Partial<InvoiceLine>) => {
  const odd = line(changes);
  return plan([odd]).fates.get(odd)?.reason;
};

describe('the plan of a replay', () => {
  it('makes one order of an invoice, in pence, for the same customer each time', () => {
    const { invoices, products } = plan([line({}), line({ stockCode: '71053', quantity: '2', unitPrice: '3.39' })]);
    expect(invoices).toMatchObject([
      {
        kind: 'order',
        country: 'GB',
        items: [
          { sku: '85123A', quantity: 6 },
          { sku: '71053', quantity: 2 },
        ],
      },
    ]);
    expect(products.map(({ sku, price }) => [sku, price])).toEqual([
      ['85123A', 255],
      ['71053', 339],
    ]);
    expect(plan([line({})]).invoices[0]!.customerId).toBe(invoices[0]!.customerId);
  });

  it('merges the lines of one code and names the target line', () => {
    const [first, second] = [line({}), line({ stockCode: '85123a', quantity: '4' })];
    const { invoices, fates } = plan([first, second]);
    expect(invoices[0]!.items).toEqual([{ sku: '85123A', quantity: 10 }]);
    expect(fates.get(second)).toEqual({ fate: 'merged', reason: `into line ${first.line}` });
  });

  it('lists a product at its most frequent price and counts the lines priced otherwise', () => {
    const { products, pricedOtherwise } = plan([
      line({}),
      line({ unitPrice: '5.06', invoice: '536366' }),
      line({ invoice: '536367' }),
    ]);
    expect(products[0]!.price).toBe(255);
    expect(pricedOtherwise).toBe(1);
  });

  it('rounds three decimals half up', () => {
    expect(plan([line({ unitPrice: '0.425' })]).products[0]!.price).toBe(43);
  });

  it('treats a missing customer as a guest', () => {
    expect(plan([line({ customer: '' })]).invoices[0]!.customerId).toBeNull();
  });

  it('refuses lines that are no sale of goods, with the reason', () => {
    expect(refusalOf({ stockCode: 'POST' })).toBe('no-goods');
    expect(refusalOf({ stockCode: 'BANK CHARGES' })).toBe('no-goods');
    expect(refusalOf({ unitPrice: '0.0' })).toBe('no-price');
    expect(refusalOf({ unitPrice: '0.001' })).toBe('no-price');
    expect(refusalOf({ quantity: '-3' })).toBe('stock-correction');
    expect(refusalOf({ quantity: '1.5' })).toBe('quantity-unreadable');
    expect(refusalOf({ invoice: 'A563185' })).toBe('invoice-number-unreadable');
    expect(refusalOf({ country: 'Unspecified' })).toBe('country-without-code');
  });

  it('makes a return of a C invoice', () => {
    const { invoices } = plan([line({ invoice: 'C536379', quantity: '-1' })]);
    expect(invoices).toMatchObject([{ kind: 'return', items: [{ sku: '85123A', quantity: 1 }] }]);
  });

  it('loses no line', () => {
    const lines = [line({}), line({}), line({ stockCode: 'D' }), line({ invoice: 'C536379', quantity: '-1' })];
    const { fates, invoices } = plan(lines);
    for (const each of lines)
      expect(fates.has(each) || invoices.some((invoice) => invoice.lines.includes(each))).toBe(true);
    expect(countFates(lines, new Map())).toEqual({ LOST: 4 });
  });
});
