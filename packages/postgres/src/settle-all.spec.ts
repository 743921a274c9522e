import { describe, expect, it } from '@jest/globals';
import { Conflict } from '@quadrille/choreography';
import { settleAll } from './settle-all.js';

const failing = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
const aftermath = () => failing('25P02');

describe('statements that were sent together', () => {
  it('yield their results in order, also falsy ones', async () => {
    expect(await settleAll([Promise.resolve(1), false, undefined, Promise.resolve('a')])).toEqual([
      1,
      false,
      undefined,
      'a',
    ]);
  });

  it('fail with the original error, not with its aftermath', async () => {
    await expect(settleAll([aftermath(), failing('22P02'), aftermath()])).rejects.toThrow('22P02');
  });

  it('fail with the conflict rather than with errors that it caused', async () => {
    await expect(settleAll([failing('23505'), Promise.reject(new Conflict('a payment'))])).rejects.toThrow(Conflict);
  });

  it('are all awaited, so that none runs on after the failure', async () => {
    let ended = false;
    const slow = new Promise<void>((resolve) => setTimeout(resolve, 5)).then(() => {
      ended = true;
    });
    await expect(settleAll([failing('22P02'), slow])).rejects.toThrow('22P02');
    expect(ended).toBe(true);
  });
});
