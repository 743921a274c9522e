import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Pace } from '@quadrille/kafka/pace';
import { Batcher } from './batcher.js';

/** A batcher whose batches run until they are let go. */
function gated(maxItems: number, pace = new Pace(0)) {
  const batches: { items: readonly number[]; finish: () => void; fail: (error: Error) => void }[] = [];
  const seen: (() => void)[] = [];
  const batcher = new Batcher<number, number>(
    (items) =>
      new Promise((resolve, reject) => {
        batches.push({ items, finish: () => resolve(items.map((item) => item * 10)), fail: reject });
        seen.shift()?.();
      }),
    maxItems,
    pace,
  );
  const nextBatch = async () => {
    if (batches.length === 0) await new Promise<void>((resolve) => seen.push(resolve));
    return batches.shift()!;
  };
  return { batcher, batches, nextBatch };
}

describe('the batcher', () => {
  it('runs a single item at once', async () => {
    const { batcher, nextBatch } = gated(10);
    const result = batcher.submit([1]);
    (await nextBatch()).finish();
    expect(await result).toEqual([10]);
  });

  it('lets what arrives in one turn share a batch, and gives each caller its own results', async () => {
    const { batcher, nextBatch } = gated(10);
    const results = [batcher.submit([1, 2]), batcher.submit([3])];
    const batch = await nextBatch();
    expect(batch.items).toEqual([1, 2, 3]);
    batch.finish();
    expect(await Promise.all(results)).toEqual([[10, 20], [30]]);
  });

  it('gathers what arrives while a batch runs into the next one, in order', async () => {
    const { batcher, nextBatch } = gated(10);
    const first = batcher.submit([1]);
    const running = await nextBatch();
    const later = [batcher.submit([2]), batcher.submit([3])];
    running.finish();
    await first;
    const next = await nextBatch();
    expect(next.items).toEqual([2, 3]);
    next.finish();
    expect(await Promise.all(later)).toEqual([[20], [30]]);
  });

  it('keeps batches below the limit, and takes a submission that alone is over it alone', async () => {
    const { batcher, nextBatch } = gated(2);
    const results = [batcher.submit([1]), batcher.submit([2, 3, 4]), batcher.submit([5])];
    for (const expected of [[1], [2, 3, 4], [5]]) {
      const batch = await nextBatch();
      expect(batch.items).toEqual(expected);
      batch.finish();
    }
    await Promise.all(results);
  });

  it('tells everybody in a failed batch, and goes on', async () => {
    const { batcher, nextBatch } = gated(10);
    const failing = [batcher.submit([1]), batcher.submit([2])].map((each) =>
      each.catch((error: Error) => error.message),
    );
    (await nextBatch()).fail(new Error('the database is away'));
    expect(await Promise.all(failing)).toEqual(['the database is away', 'the database is away']);
    const after = batcher.submit([3]);
    (await nextBatch()).finish();
    expect(await after).toEqual([30]);
  });

  describe('that keeps a pace', () => {
    const LONG_MS = 60_000;
    /** As if each batch had cost the process a lot, and had taken no time. */
    function slowPace(): Pace {
      const loop = { active: 0, idle: 0, utilization: 0 };
      const pace = new Pace(LONG_MS, () => ({ ...loop }));
      const begin = pace.begin.bind(pace);
      pace.begin = () => {
        begin();
        loop.active += LONG_MS / 10;
      };
      return pace;
    }

    beforeEach(() => {
      jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    it('runs the first at once, and lets what comes after it wait for company', async () => {
      const { batcher, batches, nextBatch } = gated(10, slowPace());
      const first = batcher.submit([1]);
      (await nextBatch()).finish();
      await first;
      const later = [batcher.submit([2])];
      await jest.advanceTimersByTimeAsync(LONG_MS / 2);
      later.push(batcher.submit([3]));
      expect(batches).toEqual([]);
      await jest.advanceTimersByTimeAsync(LONG_MS / 2);
      const next = await nextBatch();
      expect(next.items).toEqual([2, 3]);
      next.finish();
      expect(await Promise.all(later)).toEqual([[20], [30]]);
    });

    it('waits no longer once a batch is full', async () => {
      const { batcher, nextBatch } = gated(2, slowPace());
      const first = batcher.submit([1]);
      (await nextBatch()).finish();
      await first;
      const later = [batcher.submit([2]), batcher.submit([3])];
      const next = await nextBatch();
      expect(next.items).toEqual([2, 3]);
      next.finish();
      await Promise.all(later);
    });
  });
});
