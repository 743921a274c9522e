import { describe, expect, it } from '@jest/globals';
import { minorUnits } from './money.js';

describe('an amount from the database', () => {
  it('is a number, possibly negative', () => {
    expect(minorUnits('5900')).toBe(5_900);
    expect(minorUnits('-1')).toBe(-1);
  });

  it('is never silently rounded', () => {
    expect(() => minorUnits('9007199254740993')).toThrow('9007199254740993');
  });
});
