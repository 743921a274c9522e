import { describe, expect, it } from '@jest/globals';
import { FaultSettings, Faults } from './faults.js';

const UNREACHABLE_SECONDS = 5;

describe('the faults of the provider', () => {
  it('fail the first two calls of a reference on a flaky card', async () => {
    const faults = new Faults(UNREACHABLE_SECONDS);
    const call = () => faults.around('authorize', 'order-1', 'tok_flaky', async () => 'ok');
    await expect(call()).rejects.toThrow('not available');
    await expect(call()).rejects.toThrow('not available');
    await expect(call()).resolves.toBe('ok');
    expect(faults.callsOf('order-1')).toEqual({ authorize: 3, capture: 0, reverse: 0 });
  });

  it('fail calls for an unreachable card for some time after the first one', async () => {
    let now = 1_000_000;
    const faults = new Faults(UNREACHABLE_SECONDS, () => now);
    const call = () => faults.around('authorize', 'order-1', 'tok_unreachable', async () => 'ok');
    await expect(call()).rejects.toThrow('bank is not available');
    now += UNREACHABLE_SECONDS * 1_000 - 1;
    await expect(call()).rejects.toThrow('bank is not available');
    now += 1;
    await expect(call()).resolves.toBe('ok');
  });

  it('fail the same calls for the same seed', async () => {
    const pattern = async (seed: number) => {
      const faults = new Faults(UNREACHABLE_SECONDS);
      faults.set(FaultSettings.parse({ failureRate: 0.5, seed }));
      let fates = '';
      for (let nth = 0; nth < 64; nth++) {
        fates += await faults.around('capture', `order-${nth}`, undefined, async () => '.').catch(() => 'x');
      }
      return fates;
    };
    expect(await pattern(7)).toBe(await pattern(7));
    expect(await pattern(7)).not.toBe(await pattern(8));
    expect(await pattern(7)).toMatch(/x/);
    expect(await pattern(7)).toMatch(/\./);
  });

  it('can lose the answer of a call that had its effect', async () => {
    const faults = new Faults(UNREACHABLE_SECONDS);
    faults.set(FaultSettings.parse({ lostAnswerRate: 1 }));
    let effects = 0;
    await expect(faults.around('capture', 'order-1', undefined, async () => ++effects)).rejects.toThrow(
      'not available',
    );
    expect(effects).toBe(1);
  });
});
