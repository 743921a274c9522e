import { describe, expect, it } from '@jest/globals';
import { SHARDS, shardOf } from './shard.js';

describe('the shard of a key', () => {
  it('is the same in every release', () => {
    expect(['', 'a', '00000000-0000-7000-8000-000000000001', 'straße'].map(shardOf)).toEqual([5, 12, 1, 3]);
  });

  it('spreads keys evenly', () => {
    const counts = new Array<number>(SHARDS).fill(0);
    for (let n = 0; n < 16_000; n++) counts[shardOf(`order-${n}`)]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1_200);
  });
});
