import { describe, expect, it } from '@jest/globals';
import { Batcher } from './batcher.js';

const RECORDS = { lane: 'records' } as const;

/** A batcher whose batches run until they are released. */
function gated(maxItems: number, maxBytes = 1_000) {
  const batches: { items: readonly number[]; finish: () => void; fail: (error: Error) => void }[] = [];
  const seen: (() => void)[] = [];
  const batcher = new Batcher<number, number>(
    (items) =>
      new Promise((resolve, reject) => {
        batches.push({ items, finish: () => resolve(items.map((item) => item * 10)), fail: reject });
        seen.shift()?.();
      }),
    { maxItems, maxBytes },
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
    const result = batcher.submit([1], RECORDS);
    (await nextBatch()).finish();
    expect(await result).toEqual([10]);
  });

  it('puts items of one event-loop turn into one batch, and returns each caller its own results', async () => {
    const { batcher, nextBatch } = gated(10);
    const results = [batcher.submit([1, 2], RECORDS), batcher.submit([3], RECORDS)];
    const batch = await nextBatch();
    expect(batch.items).toEqual([1, 2, 3]);
    batch.finish();
    expect(await Promise.all(results)).toEqual([[10, 20], [30]]);
  });

  it('puts items that arrive during a batch into the next one, in order', async () => {
    const { batcher, nextBatch } = gated(10);
    const first = batcher.submit([1], RECORDS);
    const running = await nextBatch();
    const later = [batcher.submit([2], RECORDS), batcher.submit([3], RECORDS)];
    running.finish();
    await first;
    const next = await nextBatch();
    expect(next.items).toEqual([2, 3]);
    next.finish();
    expect(await Promise.all(later)).toEqual([[20], [30]]);
  });

  it('respects the item limit, and runs an oversized submission alone', async () => {
    const { batcher, nextBatch } = gated(2);
    const results = [batcher.submit([1], RECORDS), batcher.submit([2, 3, 4], RECORDS), batcher.submit([5], RECORDS)];
    for (const expected of [[1], [2, 3, 4], [5]]) {
      const batch = await nextBatch();
      expect(batch.items).toEqual(expected);
      batch.finish();
    }
    await Promise.all(results);
  });

  it('rejects every caller of a failed batch, and continues', async () => {
    const { batcher, nextBatch } = gated(10);
    const failing = [batcher.submit([1], RECORDS), batcher.submit([2], RECORDS)].map((each) =>
      each.catch((error: Error) => error.message),
    );
    (await nextBatch()).fail(new Error('the database is unavailable'));
    expect(await Promise.all(failing)).toEqual(['the database is unavailable', 'the database is unavailable']);
    const after = batcher.submit([3], RECORDS);
    (await nextBatch()).finish();
    expect(await after).toEqual([30]);
  });

  it('runs records while two thousand commands wait: every second batch is theirs', async () => {
    const { batcher, nextBatch } = gated(10);
    const all = [batcher.submit([0], { lane: 'commands' })];
    const first = await nextBatch();
    for (let command = 1; command <= 2_000; command++) all.push(batcher.submit([command], { lane: 'commands' }));
    const record = [batcher.submit([-1, -2], RECORDS), batcher.submit([-3], { lane: 'deadlines' })];
    first.finish();
    const next = await nextBatch();
    expect(next.items).toEqual([-1, -2, -3, 1, 2, 3, 4, 5, 6, 7]);
    next.finish();
    expect(await Promise.all(record)).toEqual([[-10, -20], [-30]]);
    for (let left = 2_000 - 7; left > 0; left -= 10) (await nextBatch()).finish();
    await Promise.all(all);
  });

  it('gives no lane all turns, for any queue lengths', async () => {
    const { batcher, nextBatch } = gated(1);
    const all = [batcher.submit([0], { lane: 'commands' })];
    const first = await nextBatch();
    for (let round = 0; round < 8; round++) {
      for (const [item, lane] of (['records', 'commands', 'deadlines'] as const).entries()) {
        all.push(batcher.submit([item], { lane }));
      }
    }
    first.finish();
    let turns = '';
    for (let batch = 0; batch < 12; batch++) {
      const next = await nextBatch();
      turns += 'rck'[next.items[0]!];
      next.finish();
    }
    expect(turns).toMatch(/^(rcrk|crkr|rkrc|krcr){3}$/);
    for (let rest = 12; rest < 24; rest++) (await nextBatch()).finish();
    await Promise.all(all);
  });

  it('respects the byte limit: five hundred orders of a thousand lines are many batches', async () => {
    const { batcher, nextBatch } = gated(500);
    const all = Array.from({ length: 500 }, (_, item) => batcher.submit([item], { lane: 'commands', bytes: 300 }));
    expect(batcher.waiting('commands')).toMatchObject({ items: 500, bytes: 150_000 });
    for (let left = 500; left > 0; ) {
      const batch = await nextBatch();
      expect(batch.items.length).toBeLessThanOrEqual(3);
      left -= batch.items.length;
      batch.finish();
    }
    await Promise.all(all);
    expect(batcher.waiting('commands')).toEqual({ items: 0, bytes: 0, since: undefined });
  });

  it('skips the command of a caller that disconnected before the batch began', async () => {
    const { batcher, nextBatch } = gated(10);
    const first = batcher.submit([1], { lane: 'commands' });
    const running = await nextBatch();
    let gone = false;
    const left = batcher.submit([2], { lane: 'commands', bytes: 7, isGone: () => gone });
    const stays = batcher.submit([3], { lane: 'commands', isGone: () => false });
    gone = true;
    running.finish();
    await expect(left).rejects.toThrow('disconnected');
    const next = await nextBatch();
    expect(next.items).toEqual([3]);
    next.finish();
    expect([await first, await stays]).toEqual([[10], [30]]);
    expect(batcher.waiting('commands').bytes).toBe(0);
  });

  it('rejects only commands that waited too long behind a stalled batch', async () => {
    const { batcher, nextBatch } = gated(10);
    const first = batcher.submit([1], RECORDS);
    const hanging = await nextBatch();
    const waiting = [batcher.submit([2], { lane: 'commands' }), batcher.submit([3], RECORDS)];
    expect(batcher.shed('commands', 0, () => new Error('too long'))).toBe(0);
    expect(batcher.shed('commands', Date.now() + 1, () => new Error('too long'))).toBe(1);
    await expect(waiting[0]).rejects.toThrow('too long');
    hanging.finish();
    (await nextBatch()).finish();
    expect([await first, await waiting[1]]).toEqual([[10], [30]]);
  });
});
