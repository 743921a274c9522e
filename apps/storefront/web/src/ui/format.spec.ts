import { describe, expect, it } from '@jest/globals';
import { moment, money, partsOf, span, wordsOf } from './format.js';

describe('the words', () => {
  it('are names in plain English', () => {
    expect(wordsOf('InventoryReservationFailed')).toBe('inventory reservation failed');
    expect(wordsOf('out-of-stock')).toBe('out of stock');
    expect(partsOf('PaymentCaptureFailed')).toEqual(['Payment', 'Capture', 'Failed']);
  });
  it('are short, clear spans', () => {
    expect([38, 1_440, 200_000, 7_500_000, -5].map(span)).toEqual([
      '38 ms',
      '1.4 s',
      '3 min 20 s',
      '2 h 5 min',
      '0 ms',
    ]);
  });
  it('are amounts in their currency', () => {
    expect([money(3_400, 'GBP'), money(1, 'EUR')]).toEqual(['£34.00', '€0.01']);
  });
  it('have the date on another day', () => {
    const now = new Date('2026-03-02T12:00:00');
    expect(moment('2026-03-02T09:05:01', now)).toBe('09:05:01');
    expect(moment('2026-03-01T09:05:01', now)).toBe('1 Mar 2026, 09:05:01');
  });
});
