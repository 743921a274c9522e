import { describe, expect, it } from '@jest/globals';
import { Batcher } from './batcher.js';

/** A batcher whose batches run until they are let go. */
function gated(maxItems: number) {
  const batches: { items: readonly number[]; finish: () => void; fail: (error: Error) => void }[] = [];
  const seen: (() => void)[] = [];
  const batcher = new Batcher<number, number>(
    (items) =>
      new Promise((resolve, reject) => {
        batches.push({ items, finish: () => resolve(items.map((item) => item * 10)), fail: reject });
        seen.shift()?.();
      }),
    maxItems,
  );
  const nextBatch = async () => {
    if (batches.length === 0) await new Promise<void>((resolve) => seen.push(resolve));
    return batches.shift()!;
  };
  return { batcher, nextBatch };
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
});
