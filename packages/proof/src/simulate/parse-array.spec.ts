import { expect, it } from '@jest/globals';
import { parseArray } from './parse-array.js';

it('reads arrays back as they were, and leaves everything else', () => {
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
