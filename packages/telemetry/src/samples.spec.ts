import { describe, expect, it, jest } from '@jest/globals';
import { Samples } from './samples.js';

function observed(take: () => Promise<void>) {
  const reported: string[] = [];
  let now = 0;
  const sample = { name: 'outbox', take, clear: () => void reported.push('cleared') };
  const up = { set: (...[, value]: unknown[]) => void reported.push(`up ${value}`) };
  return { reported, samples: new Samples([sample], up as never, () => now), pass: (ms: number) => (now += ms) };
}

describe('a sampled value', () => {
  it('is queried once in five seconds, for any number of scrapers', async () => {
    let queries = 0;
    const { samples, pass } = observed(async () => void queries++);
    await Promise.all([samples.look(), samples.look()]);
    await samples.look();
    expect(queries).toBe(1);
    pass(5_000);
    await samples.look();
    expect(queries).toBe(2);
  });

  it('is queried seldom when the query takes long', async () => {
    let queries = 0;
    const seen = observed(async () => {
      queries++;
      seen.pass(1_000);
    });
    await seen.samples.look();
    seen.pass(19_000);
    await seen.samples.look();
    expect(queries).toBe(1);
    seen.pass(1_000);
    await seen.samples.look();
    expect(queries).toBe(2);
  });

  it('is omitted when its query fails, and queried again', async () => {
    let away = true;
    const { samples, reported, pass } = observed(async () => {
      if (away) throw new Error('away');
    });
    await samples.look();
    away = false;
    pass(5_000);
    await samples.look();
    expect(reported).toEqual(['cleared', 'up 0', 'up 1']);
  });

  it('does not delay a scrape', async () => {
    let answer = () => {};
    const { samples, reported } = observed(() => new Promise((resolve) => (answer = resolve)));
    jest.useFakeTimers();
    try {
      const looked = samples.look();
      await jest.runAllTimersAsync();
      await looked;
    } finally {
      jest.useRealTimers();
    }
    expect(reported).toEqual(['cleared', 'up 0']);
    answer();
  });
});
