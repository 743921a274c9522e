import { describe, expect, it } from '@jest/globals';
import { checkout } from '@quadrille/contracts';
import { inWords, verified } from './verify.js';

describe('quadrille verify', () => {
  it('counts what a sound table says', () => {
    expect(inWords(verified(checkout))).toBe('✓ The table is sound: 15 rows, 18 events, 5 services, 35 endings.');
  });

  it('names the rule and the rows of a broken one', () => {
    const { 'release-inventory': _, ...rows } = checkout.rows;
    const found = verified({ ...checkout, rows });
    expect(found.endings).toBeUndefined();
    expect(found.faults.map(({ rule, rows: at }) => [rule, at])).toEqual([
      ['every-event-heard', ['create-shipment']],
      ['every-event-heard', ['cancel-shipment']],
      ['nobody-waits-in-vain', ['return-payment']],
      ['every-step-undone', ['reserve-inventory']],
      ['failures-turn-back', ['create-shipment']],
    ]);
    expect(inWords(found)).toContain('every-event-heard · create-shipment\n  Nobody hears ShipmentFailed');
  });
});
