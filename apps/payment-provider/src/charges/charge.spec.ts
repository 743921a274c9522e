import { describe, expect, it } from '@jest/globals';
import { authorize, type Charge, capture, heldBy, ReferenceReused, reverse } from './charge.js';

const wanted = { reference: 'order-1', amount: 5_900, currency: 'GBP', token: 'tok_visa' };
const authorized = authorize(undefined, wanted, 'auth_1');
const money = (charge: Charge) => ({ held: heldBy(charge), net: charge.captured - charge.refunded });

describe('a charge', () => {
  it('is held, then captured', () => {
    expect(authorized).toMatchObject({ status: 'authorized', authorization: 'auth_1' });
    expect(money(authorized)).toEqual({ held: 5_900, net: 0 });
    expect(money(capture(authorized))).toEqual({ held: 0, net: 5_900 });
  });

  it('is unchanged by repeated requests', () => {
    expect(authorize(authorized, wanted, 'auth_2')).toBe(authorized);
    const captured = capture(authorized);
    expect(authorize(captured, wanted, 'auth_2')).toBe(captured);
    expect(capture(captured)).toBe(captured);
    const reversed = reverse(captured, 'order-1');
    expect(reverse(reversed, 'order-1')).toBe(reversed);
  });

  it('rejects a reference that was used for another amount or currency', () => {
    expect(() => authorize(authorized, { ...wanted, amount: 1 }, 'auth_2')).toThrow(ReferenceReused);
    expect(() => authorize(authorized, { ...wanted, currency: 'EUR' }, 'auth_2')).toThrow(ReferenceReused);
  });

  it('is cancelled by a reversal in every state', () => {
    expect(money(reverse(authorized, 'order-1'))).toEqual({ held: 0, net: 0 });
    expect(reverse(capture(authorized), 'order-1')).toMatchObject({ captured: 5_900, refunded: 5_900 });
  });

  it('is permanently refused after a reversal, even if the reversal came first', () => {
    const tombstone = reverse(undefined, 'order-1');
    expect(authorize(tombstone, wanted, 'auth_1')).toBe(tombstone);
    expect(capture(tombstone)).toBe(tombstone);
    expect(capture(reverse(authorized, 'order-1')).status).toBe('reversed');
    expect(money(tombstone)).toEqual({ held: 0, net: 0 });
  });

  it('stays declined', () => {
    const declined = authorize(undefined, { ...wanted, token: 'tok_declined' }, 'auth_1');
    expect(declined).toMatchObject({ status: 'declined', reason: 'card-declined', authorization: null });
    expect(capture(declined)).toBe(declined);
    expect(money(declined)).toEqual({ held: 0, net: 0 });
  });

  it('declines an unknown card', () => {
    expect(authorize(undefined, { ...wanted, token: 'tok_mine' }, 'auth_1').reason).toBe('unknown-token');
    expect(authorize(undefined, { ...wanted, token: 'toString' }, 'auth_1').reason).toBe('unknown-token');
  });

  it('retains the hold after a declined capture, until it is reversed', () => {
    const held = authorize(undefined, { ...wanted, token: 'tok_capture-declined' }, 'auth_1');
    const declined = capture(held);
    expect(declined).toMatchObject({ status: 'capture-declined', reason: 'capture-declined' });
    expect(money(declined)).toEqual({ held: 5_900, net: 0 });
    expect(capture(declined)).toBe(declined);
    expect(money(reverse(declined, 'order-1'))).toEqual({ held: 0, net: 0 });
  });
});
