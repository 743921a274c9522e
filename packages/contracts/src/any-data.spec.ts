import { describe, expect, it } from '@jest/globals';
import { eventsOf, UnreadableMessage, upcast } from '@quadrille/choreography';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import fc from 'fast-check';
import { exampleOrder } from './examples.js';
import { shop } from './shop.js';

const events = eventsOf(shop);
const example: Record<string, unknown> = exampleOrder();

/** Event data in which some fields are replaced by arbitrary values. */
const almost = fc
  .dictionary(fc.constantFrom(...Object.keys(example)), fc.jsonValue({ noUnicodeString: false }), { maxKeys: 3 })
  .map((changes) => ({ ...example, ...changes }));
const data = fc.oneof(
  fc.constantFrom(null, undefined, 7, '', [], {}),
  fc.jsonValue({ noUnicodeString: false }),
  almost,
);

describe('the data of an event', () => {
  it('is read or rejected with a code, for arbitrary data of every type and version', () => {
    const version = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...events), version, data, (event, at, what) => {
        try {
          upcast(event, at, what);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableMessage);
          expect((error as UnreadableMessage).code).toMatch(/^(invalid-data|unknown-version)$/);
        }
      }),
      { numRuns: fuzzRuns(2_000) },
    );
  });
});
