import { describe, expect, it, jest } from '@jest/globals';
import { Conflict } from '@quadrille/choreography';
import { MAX_CONFLICTS, retryConflicts } from './retry-conflicts.js';

/** Work that fails a number of times before it succeeds, and counts its runs. */
function failing(times: number, error: unknown) {
  const work = { runs: 0, run: async () => (++work.runs <= times ? Promise.reject(error) : 'done') };
  return work;
}

describe('work that meets a faster transaction', () => {
  it.each([
    ['a conflict', new Conflict('a pot')],
    ['a serialization failure', Object.assign(new Error(), { code: '40001' })],
    ['a deadlock', Object.assign(new Error(), { code: '40P01' })],
  ])('runs again after %s', async (_, error) => {
    const work = failing(2, error);
    expect(await retryConflicts(work.run)).toBe('done');
    expect(work.runs).toBe(3);
  });

  it('fails when every run meets a faster transaction', async () => {
    const work = failing(Number.POSITIVE_INFINITY, new Conflict('a pot'));
    jest.useFakeTimers();
    try {
      const givenUp = expect(retryConflicts(work.run)).rejects.toThrow(Conflict);
      await jest.runAllTimersAsync();
      await givenUp;
    } finally {
      jest.useRealTimers();
    }
    expect(work.runs).toBe(MAX_CONFLICTS);
  });

  it('does not run again after anything else', async () => {
    const work = failing(1, new Error('the database is unavailable'));
    await expect(retryConflicts(work.run)).rejects.toThrow('unavailable');
    expect(work.runs).toBe(1);
  });
});
