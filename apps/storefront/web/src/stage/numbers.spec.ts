import { describe, expect, it } from '@jest/globals';
import { count, curve, rate, sum, widthOf } from './numbers.js';

describe('numbers on the stage', () => {
  it('show a rate with useful precision', () => {
    expect([rate(0), rate(0.04), rate(3.25), rate(9.94), rate(120.4)]).toEqual(['0', '0.0', '3.3', '9.9', '120']);
  });
  it('group thousands', () => {
    expect(count(1_234_567)).toBe('1,234,567');
  });
  it('add waiting records of several topics', () => {
    expect(sum({ a: 2, b: 3 })).toBe(5);
    expect(sum({})).toBe(0);
  });
  it('scale a line with its rate, within bounds', () => {
    expect(widthOf(0)).toBeLessThan(widthOf(1));
    expect(widthOf(1)).toBeLessThan(widthOf(100));
    expect(widthOf(1e9)).toBe(7);
  });
  it('draw a curve whose latest value is at the right edge', () => {
    expect(curve([0, 5, 10], 100, 20, 5)).toBe('50.0,20.0 75.0,10.0 100.0,0.0');
    expect(curve([0, 0], 100, 20, 2)).toBe('0.0,20.0 100.0,20.0');
  });
});
