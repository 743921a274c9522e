import { describe, expect, it } from '@jest/globals';
import { fuzzRuns } from './fuzz.js';

describe('the runs of a property', () => {
  it('are its own, or as many as the night asks for', () => {
    expect(fuzzRuns(100, {})).toBe(100);
    expect(fuzzRuns(100, { QUADRILLE_FUZZ_RUNS: '' })).toBe(100);
    expect(fuzzRuns(100, { QUADRILLE_FUZZ_RUNS: '5000' })).toBe(5_000);
    expect(fuzzRuns(100, { QUADRILLE_FUZZ_RUNS: '7' })).toBe(100);
  });

  it.each(['many', '-1', '1.5', '1e3', ' 5', '0'])('are refused when the night asks for %j', (said) => {
    expect(() => fuzzRuns(100, { QUADRILLE_FUZZ_RUNS: said })).toThrow(`QUADRILLE_FUZZ_RUNS is ${said}`);
  });
});
