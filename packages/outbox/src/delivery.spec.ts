import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { untilAborted } from './delivery.js';

const never = new Promise<never>(() => {});

describe('work with an abort signal', () => {
  it('settles like the work itself', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve('done'), signal)).toBe('done');
    await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  it('resolves on abort', async () => {
    const abandon = new AbortController();
    const waiting = untilAborted(never, abandon.signal);
    abandon.abort();
    expect(await waiting).toBeUndefined();
    expect(await untilAborted(never, abandon.signal)).toBeUndefined();
  });

  it('leaves no listener behind after many calls', async () => {
    const { signal } = new AbortController();
    for (let nth = 0; nth < 100; nth++) await untilAborted(Promise.resolve(), signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
