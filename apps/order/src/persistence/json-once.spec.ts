import { expect, it } from '@jest/globals';
import { jsonOnce } from './json-once.js';

it('serialises objects of lists to JSON, each once', () => {
  let times = 0;
  const details = { sku: 'a "b"', toJSON: () => ({ written: ++times }) };
  const json = jsonOnce();
  expect(json([])).toEqual([]);
  expect(json([details, { n: 1 }])).toEqual(['{"written":1}', '{"n":1}']);
  expect(json([{ n: 2 }, details])).toEqual(['{"n":2}', '{"written":1}']);
});
