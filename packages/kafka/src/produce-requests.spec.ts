import { createRequire } from 'node:module';
import { describe, expect, it, jest } from '@jest/globals';
import { Partitioners } from 'kafkajs';
import { murmur2, partitionOf, sizeAtMost, sizeOf, splitIntoRequests, TopicMessages } from './produce-requests.js';
import { TextMessage } from './records/produce.js';

describe('a long list of records', () => {
  it('is split by number, in order', () => {
    expect(splitIntoRequests([1, 1, 1, 1, 1], 2, 100)).toEqual([
      [0, 2],
      [2, 4],
      [4, 5],
    ]);
  });

  it('is split by bytes before a request gets larger than a broker takes', () => {
    expect(splitIntoRequests([40, 40, 40, 90, 10, 1], 10, 100)).toEqual([
      [0, 2],
      [2, 3],
      [3, 5],
      [5, 6],
    ]);
  });

  it('puts a record that exceeds the limit of a request into its own request', () => {
    expect(splitIntoRequests([10, 500, 10], 10, 100)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('makes no request without records', () => {
    expect(splitIntoRequests([])).toEqual([]);
  });
});

describe('the size of a record', () => {
  it('counts bytes of key, headers and payload, and their framing', () => {
    expect(sizeOf({ topic: 't', key: 'é', headers: { a: 'bc' }, payload: 'xyz' })).toBe(32 + 2 + 3 + 4 + 3);
  });

  it('is never more than its quick estimate', () => {
    for (const text of ['plain', 'é', '日本語', '👋👋']) {
      const record = { topic: 't', key: text, headers: { [text]: text }, payload: text };
      expect(sizeAtMost(record)).toBeGreaterThanOrEqual(sizeOf(record));
    }
  });
});

const group = createRequire(import.meta.url)('kafkajs/src/producer/groupMessagesPerPartition.js');

/** Grouped by kafkajs; the key selects the partition. */
const grouped = (messages: TopicMessages, partitions: number) =>
  group({
    topic: 't',
    partitionMetadata: Array.from({ length: partitions }, (_, partitionId) => ({ partitionId })),
    messages,
    partitioner: ({ message }: { message: TextMessage }) => Number(message.key),
  });
const messagesTo = (...partitions: number[]) =>
  TopicMessages.from(partitions, (partition, at) => new TextMessage(`${partition}`, `${at}`, {})) as TopicMessages;

describe('the messages of one topic', () => {
  it('are grouped by partition, in their order', () => {
    const messages = messagesTo(1, 0, 1, 2, 1);
    const [a, b, c, d, e] = messages;
    expect(grouped(messages, 3)).toEqual({ 0: [b], 1: [a, c, e], 2: [d] });
  });

  it('are grouped without a copy for every message (#1576)', () => {
    const messages = messagesTo(...Array.from({ length: 1_000 }, () => 0));
    const iterate = jest.spyOn(Array.prototype, Symbol.iterator);
    const next = jest.spyOn(Object.getPrototypeOf([][Symbol.iterator]()), 'next');
    const { 0: all } = grouped(messages, 1);
    const steps = next.mock.calls.length;
    iterate.mockRestore();
    next.mockRestore();
    expect(all).toHaveLength(1_000);
    expect(steps).toBeLessThan(5_000);
  });
});

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
