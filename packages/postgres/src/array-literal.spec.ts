import { describe, expect, it } from '@jest/globals';
import { arrayLiteral } from './array-literal.js';

describe('an array literal', () => {
  it('writes ids, numbers and times without quotes', () => {
    expect(arrayLiteral(['0198a000-0000-7000-8000-00000000000a', -7, 1.5, true, '2026-01-01T00:00:00.000Z'])).toBe(
      '{0198a000-0000-7000-8000-00000000000a,-7,1.5,true,2026-01-01T00:00:00.000Z}',
    );
  });

  it('quotes text that has another meaning outside of quotes', () => {
    expect(arrayLiteral(['', 'null', 'NULL', 'a b', 'a,b', '{}', ' x'])).toBe(
      '{"","null","NULL","a b","a,b","{}"," x"}',
    );
    expect(arrayLiteral(['{"a":"\\"b\\\\"}'])).toBe('{"{\\"a\\":\\"\\\\\\"b\\\\\\\\\\"}"}');
  });

  it('distinguishes null from the text "null"', () => {
    expect(arrayLiteral([null, undefined])).toBe('{NULL,NULL}');
    expect(arrayLiteral([])).toBe('{}');
  });

  it('leaves other types to the driver', () => {
    expect(arrayLiteral([new Date(0)])).toBeUndefined();
    expect(arrayLiteral([['a']])).toBeUndefined();
    expect(arrayLiteral([Buffer.from('a')])).toBeUndefined();
  });
});
