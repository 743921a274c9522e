import { describe, expect, it } from '@jest/globals';
import { Partitioners } from 'kafkajs';
import { murmur2, partitionOf } from './murmur2.js';

describe('murmur2', () => {
  // The vectors of Kafka's own UtilsTest.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Java does', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });
});

describe('the partition of a key', () => {
  it('is that of the default partitioner of Kafka clients', () => {
    const theirs = Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({ partitionId, leader: 0 })) as never;
    for (let i = 0; i < 500; i++) {
      const key = 'ключ-'.repeat(i % 7) + i;
      expect(partitionOf(key, 12)).toBe(theirs({ topic: 't', partitionMetadata, message: { key, value: '' } }));
    }
  });

  it('spreads keys evenly', () => {
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 6_000; i++) counts[partitionOf(`order-${i}`, 6)]!++;
    expect(Math.min(...counts)).toBeGreaterThan(850);
  });
});
