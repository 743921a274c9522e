import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { untilAborted } from './until-aborted.js';

const never = new Promise<never>(() => {});

describe('work that may be abandoned', () => {
  it('ends as it ends', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve('done'), signal)).toBe('done');
    await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  it('is not waited for once it is abandoned', async () => {
    const abandon = new AbortController();
    const waiting = untilAborted(never, abandon.signal);
    abandon.abort();
    expect(await waiting).toBeUndefined();
    expect(await untilAborted(never, abandon.signal)).toBeUndefined();
  });

  it('leaves nothing behind, however often', async () => {
    const { signal } = new AbortController();
    for (let nth = 0; nth < 100; nth++) await untilAborted(Promise.resolve(), signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
