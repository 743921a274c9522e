import { expect, it } from '@jest/globals';
import { parseArray } from './parse-array.js';

it('parses arrays of PostgreSQL, and leaves other values unchanged', () => {
  expect(parseArray('{a,"b c",NULL,"NULL","with \\"quotes\\" and \\\\",""}')).toEqual([
    'a',
    'b c',
    null,
    'NULL',
    'with "quotes" and \\',
    '',
  ]);
  expect(parseArray('{}')).toEqual([]);
  expect(parseArray('{"{\\"said\\":1}"}')).toEqual(['{"said":1}']);
  for (const other of ['{"a": 1}', '[1]', 'a', 7, null, ['b']]) expect(parseArray(other)).toEqual(other);
});
