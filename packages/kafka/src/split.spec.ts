import { describe, expect, it } from '@jest/globals';
import { sizeAtMost, sizeOf, splitIntoRequests } from './split.js';

describe('a long list of records', () => {
  it('is split by number, in order', () => {
    expect(splitIntoRequests([1, 1, 1, 1, 1], 2, 100)).toEqual([
      [0, 2],
      [2, 4],
      [4, 5],
    ]);
  });

  it('is split by bytes before a request gets larger than a broker takes', () => {
    expect(splitIntoRequests([40, 40, 40, 90, 10, 1], 10, 100)).toEqual([
      [0, 2],
      [2, 3],
      [3, 5],
      [5, 6],
    ]);
  });

  it('puts a record that exceeds the limit of a request into its own request', () => {
    expect(splitIntoRequests([10, 500, 10], 10, 100)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('makes no request without records', () => {
    expect(splitIntoRequests([])).toEqual([]);
  });
});

describe('the size of a record', () => {
  it('counts bytes of key, headers and payload, and their framing', () => {
    expect(sizeOf({ topic: 't', key: 'é', headers: { a: 'bc' }, payload: 'xyz' })).toBe(32 + 2 + 3 + 4 + 3);
  });

  it('is never more than its quick estimate', () => {
    for (const text of ['plain', 'é', '日本語', '👋👋']) {
      const record = { topic: 't', key: text, headers: { [text]: text }, payload: text };
      expect(sizeAtMost(record)).toBeGreaterThanOrEqual(sizeOf(record));
    }
  });
});
