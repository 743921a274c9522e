import { expect, it } from '@jest/globals';
import { jsonOnce } from './json-once.js';

it('serialises lists to JSON, each object once', () => {
  let times = 0;
  const itinerary = { sku: 'a "b"', toJSON: () => ({ written: ++times }) };
  const json = jsonOnce();
  expect(json([])).toBe('[]');
  expect(json([itinerary, { n: 1 }])).toBe('[{"written":1},{"n":1}]');
  expect(json([{ n: 2 }, itinerary])).toBe('[{"n":2},{"written":1}]');
});
