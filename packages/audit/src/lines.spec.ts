import { describe, expect, it } from '@jest/globals';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import fc from 'fast-check';
import { linesIn } from './lines.js';

const LINES = [{ sku: 'TEAPOT', quantity: 2 }];

describe('the lines of an order', () => {
  it('are read beside any text, including NUL and an unpaired surrogate', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const details = JSON.stringify({ items: [{ ...LINES[0], name }], shippingAddress: { name } });
        expect(linesIn(details, 'items')).toEqual({ items: LINES });
      }),
      { numRuns: fuzzRuns(200) },
    );
    expect(linesIn('{"items":[{"sku":"TEAPOT","quantity":2}],"name":"a\\u0000b\\ud83d"}', 'items')).toEqual({
      items: LINES,
    });
  });

  it('are unknown without a list, with the cause', () => {
    expect(linesIn('{"items":{}}', 'items').unread).toBe('there is no list of lines');
    expect(linesIn('[{"sku":"TEAPOT"}]').unread).toBe('line 1 has no SKU or no quantity');
    expect(linesIn('[null]').unread).toBe('line 1 has no SKU or no quantity');
    expect(linesIn('{').unread).toMatch(/JSON/);
  });

  it('never throw, for any content', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.json()),
        fc.option(fc.constant('items')),
        (text, within) => {
          const { items, unread } = linesIn(text, within ?? undefined);
          expect(unread === undefined || items.length === 0).toBe(true);
        },
      ),
      { numRuns: fuzzRuns(200) },
    );
  });
});
