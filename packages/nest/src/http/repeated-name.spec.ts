import { describe, expect, it } from '@jest/globals';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import fc from 'fast-check';
import { repeatedName } from './repeated-name.js';

describe('a repeated name in one object', () => {
  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['[{"b":{"c\\"":1, "d":[{}], "c\\"" : 2}}]', 'c"'],
    ['{"__proto__":1,"__proto__":1}', '__proto__'],
    ['{"":1,"":1}', ''],
    ['{"a":"a","b":{"a":1},"c":[{"a":1},{"a":1}]}', undefined],
    ['"a: {\\"a\\":1,\\"a\\":1}"', undefined],
    ['7', undefined],
  ])('is found: %s', (json, name) => {
    expect(repeatedName(json)).toBe(name);
  });

  it('is in no text that JSON.stringify writes, and is found wherever it is added', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.string({ unit: 'binary' }),
        fc.jsonValue(),
        (value, name, other) => {
          const json = JSON.stringify(value);
          expect(repeatedName(json)).toBe(undefined);
          const twice = `{${JSON.stringify(name)}:${json},"x${name.length}":0,${JSON.stringify(name)}:${JSON.stringify(other)}}`;
          expect(repeatedName(`[0,${twice}]`)).toBe(JSON.parse(JSON.stringify(name)));
        },
      ),
      { numRuns: fuzzRuns(300) },
    );
  });

  it('takes bounded time in a body of a megabyte', () => {
    const json = `{"a":"${'\\"'.repeat(250_000)}","b":[${'{"a":1},'.repeat(65_000)}0]}`;
    const began = performance.now();
    expect(repeatedName(json)).toBe(undefined);
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});
