import { describe, expect, it } from '@jest/globals';
import { checkout, SAGA_SERVICES } from '@quadrille/contracts';
import { layoutOf } from './layout.js';

const layout = layoutOf(checkout);
const place = (step: string) => layout.places.find((each) => each.step === step)!;

describe('the layout', () => {
  it('has a lane per service and a place per step of the table', () => {
    expect(layout.lanes).toEqual(SAGA_SERVICES);
    expect(layout.places.map(({ step }) => step).sort()).toEqual(Object.keys(checkout.rows).sort());
  });

  it('places each forward step in the next column', () => {
    const forward = ['place-order', 'authorize-payment', 'reserve-inventory', 'create-shipment', 'capture-payment'];
    expect(forward.map((step) => place(step).column)).toEqual([0, 1, 2, 3, 4]);
  });

  it('places the compensation of a step below it, in the same lane', () => {
    for (const [undo, done] of [
      ['cancel-shipment', 'create-shipment'],
      ['release-inventory', 'reserve-inventory'],
      ['return-payment', 'authorize-payment'],
      ['cancel-order', 'place-order'],
    ] as const) {
      expect(place(undo)).toEqual({ ...place(done), step: undo, track: 1 });
    }
  });

  it('never puts two steps in one place, for any additional steps', () => {
    const again = Object.entries(checkout.rows).map(([step, row]) => [`${step}-again`, row]);
    const { places } = layoutOf({ ...checkout, rows: { ...checkout.rows, ...Object.fromEntries(again) } });
    expect(places.length).toBeGreaterThan(layout.places.length);
    const taken = places.map(({ lane, column, track }) => `${lane} ${column} ${track}`);
    expect(new Set(taken).size).toBe(taken.length);
  });
});
