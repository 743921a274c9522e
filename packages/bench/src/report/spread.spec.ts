import { describe, expect, it } from '@jest/globals';
import { medianRun, percentile, spreadOf } from './spread.js';

describe('the spread of several runs', () => {
  it('is their median, smallest and largest', () => {
    expect(spreadOf([30, 10, 20])).toEqual({ median: 20, min: 10, max: 30 });
  });

  it('uses the lower of the two middle values, which was measured', () => {
    expect(spreadOf([4, 1, 3, 2]).median).toBe(2);
  });

  it('is undefined without runs', () => {
    expect(() => spreadOf([])).toThrow('no runs');
  });

  it('belongs to one run, whose other figures are reported with it', () => {
    const runs = [3, 1, 2].map((rate) => ({ rate, name: `run ${rate}` }));
    expect(medianRun(runs, ({ rate }) => rate).name).toBe('run 2');
  });
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => at + 1);

  it.each([
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])('of a share of %p is the value at that rank', (share, value) => {
    expect(percentile(hundred, share)).toBe(value);
  });

  it('of one value is that value', () => {
    expect(percentile([7], 0.99)).toBe(7);
  });

  it('is undefined without values', () => {
    expect(() => percentile([], 0.5)).toThrow('no values');
  });
});
