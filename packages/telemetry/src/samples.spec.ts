import { describe, expect, it, jest } from '@jest/globals';
import { Samples } from './samples.js';

function observed(take: () => Promise<void>) {
  const told: string[] = [];
  let now = 0;
  const sample = { name: 'outbox', take, clear: () => void told.push('cleared') };
  const up = { set: (...[, value]: unknown[]) => void told.push(`up ${value}`) };
  return { told, samples: new Samples([sample], up as never, () => now), pass: (ms: number) => (now += ms) };
}

describe('a sampled value', () => {
  it('is queried once in five seconds, for any number of scrapers', async () => {
    let asked = 0;
    const { samples, pass } = observed(async () => void asked++);
    await Promise.all([samples.look(), samples.look()]);
    await samples.look();
    expect(asked).toBe(1);
    pass(5_000);
    await samples.look();
    expect(asked).toBe(2);
  });

  it('is queried seldom when the query takes long', async () => {
    let asked = 0;
    const seen = observed(async () => {
      asked++;
      seen.pass(1_000);
    });
    await seen.samples.look();
    seen.pass(19_000);
    await seen.samples.look();
    expect(asked).toBe(1);
    seen.pass(1_000);
    await seen.samples.look();
    expect(asked).toBe(2);
  });

  it('is omitted when its query fails, and queried again', async () => {
    let away = true;
    const { samples, told, pass } = observed(async () => {
      if (away) throw new Error('away');
    });
    await samples.look();
    away = false;
    pass(5_000);
    await samples.look();
    expect(told).toEqual(['cleared', 'up 0', 'up 1']);
  });

  it('does not delay a scrape', async () => {
    let answer = () => {};
    const { samples, told } = observed(() => new Promise((resolve) => (answer = resolve)));
    jest.useFakeTimers();
    try {
      const looked = samples.look();
      await jest.runAllTimersAsync();
      await looked;
    } finally {
      jest.useRealTimers();
    }
    expect(told).toEqual(['cleared', 'up 0']);
    answer();
  });
});
