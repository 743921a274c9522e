import { describe, expect, it } from '@jest/globals';
import { endings, eventsOf, servicesOf } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { inWords, verified } from '@quadrille/proof/commands/verify';

describe('quadrille verify', () => {
  it('counts the rows, events, services and endings of a sound table', () => {
    const counts = [
      `${Object.keys(checkout.rows).length} rows`,
      `${eventsOf(checkout.rows).length} events`,
      `${servicesOf(checkout.rows).length} services`,
      `${endings(checkout).length} endings`,
    ];
    expect(inWords(verified(checkout))).toBe(`✓ The table is sound: ${counts.join(', ')}.`);
  });

  it('names the rule and the rows of a broken one', () => {
    const { 'release-inventory': _, ...rows } = checkout.rows;
    const found = verified({ ...checkout, rows });
    expect(found.endings).toBeUndefined();
    expect(found.faults.map(({ rule, rows: at }) => [rule, at])).toEqual([
      ['every-event-handled', ['create-shipment']],
      ['every-event-handled', ['cancel-shipment']],
      ['every-handled-event-emitted', ['return-payment']],
      ['every-step-compensated', ['reserve-inventory']],
      ['failures-turn-back', ['create-shipment']],
    ]);
    expect(inWords(found)).toContain('every-event-handled · create-shipment\n  No row handles ShipmentFailed');
  });
});
