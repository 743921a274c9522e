import { createRequire } from 'node:module';
import { describe, expect, it, jest } from '@jest/globals';
import { TextMessage } from './records/text-message.js';
import { TopicMessages } from './topic-messages.js';

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
