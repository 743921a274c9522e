import { describe, expect, it } from '@jest/globals';
import { exact } from './integers.js';

describe('a bigint from the database', () => {
  it('is read as a number if that is exact', () => {
    expect(exact('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(exact('-3')).toBe(-3);
  });

  it('is rejected if it would be rounded', () => {
    expect(() => exact('9007199254740993')).toThrow('9007199254740993 is too large to be exact.');
  });
});
