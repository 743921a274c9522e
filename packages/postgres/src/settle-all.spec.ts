import { describe, expect, it } from '@jest/globals';
import { Conflict } from '@quadrille/choreography';
import { settleAll } from './settle-all.js';

const failing = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
const aftermath = () => failing('25P02');

describe('work that was sent together', () => {
  it('gives its results in order, those that are none as well', async () => {
    expect(await settleAll([Promise.resolve(1), false, undefined, Promise.resolve('a')])).toEqual([
      1,
      false,
      undefined,
      'a',
    ]);
  });

  it('fails with what went wrong, not with what could not run after it', async () => {
    await expect(settleAll([aftermath(), failing('22P02'), aftermath()])).rejects.toThrow('22P02');
  });

  it('fails with the conflict rather than with what failed because of it', async () => {
    await expect(settleAll([failing('23505'), Promise.reject(new Conflict('a payment'))])).rejects.toThrow(Conflict);
  });

  it('is waited for to the last, so that nothing runs on after the failure', async () => {
    let ended = false;
    const slow = new Promise<void>((resolve) => setTimeout(resolve, 5)).then(() => {
      ended = true;
    });
    await expect(settleAll([failing('22P02'), slow])).rejects.toThrow('22P02');
    expect(ended).toBe(true);
  });
});
