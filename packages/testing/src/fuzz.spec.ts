import { describe, expect, it } from '@jest/globals';
import { fuzzRuns } from './fuzz.js';

describe('the runs of a property', () => {
  it('are its own number, or that of the nightly run if higher', () => {
    expect(fuzzRuns(100, {})).toBe(100);
    expect(fuzzRuns(100, { QUADRILLE_FUZZ_RUNS: '' })).toBe(100);
    expect(fuzzRuns(100, { QUADRILLE_FUZZ_RUNS: '5000' })).toBe(5_000);
    expect(fuzzRuns(100, { QUADRILLE_FUZZ_RUNS: '7' })).toBe(100);
  });

  it.each(['many', '-1', '1.5', '1e3', ' 5', '0'])('are refused for %j', (value) => {
    expect(() => fuzzRuns(100, { QUADRILLE_FUZZ_RUNS: value })).toThrow(`QUADRILLE_FUZZ_RUNS is ${value}`);
  });
});
