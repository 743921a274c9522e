import { describe, expect, it } from '@jest/globals';
import type { Metadata } from './record-codec.js';
import { TopicWatch } from './topic-watch.js';

const [UNKNOWN_TOPIC, LEADER_NOT_AVAILABLE, UNAUTHORIZED] = [3, 5, 29] as const;
const topic = (name: string, partitions: number, topicErrorCode = 0) => ({
  topic: name,
  topicErrorCode,
  partitionMetadata: Array.from({ length: partitions }, () => ({ partitionErrorCode: 0 })),
});

function watching(forgives: boolean) {
  const lines: string[] = [];
  const say = (level: string) => (of: object, message: string) =>
    lines.push(`${level} ${JSON.stringify(of)} ${message}`);
  const watch = new TopicWatch({ debug() {}, info: say('info'), warn: say('warn'), error: say('error') }, forgives);
  const look = (...topicMetadata: Metadata['topicMetadata'][number][]) => {
    watch.look({ topicMetadata });
    return topicMetadata;
  };
  return { watch, look, lines };
}

describe('what a consumer knows of its topics', () => {
  it.each([
    [UNKNOWN_TOPIC, 'UNKNOWN_TOPIC_OR_PARTITION'],
    [UNAUTHORIZED, 'TOPIC_AUTHORIZATION_FAILED'],
  ])('holds a topic that answers %i for empty, and tells of it once', (code, reason) => {
    const { watch, look, lines } = watching(true);
    look(topic('a', 2), topic('b', 2));
    expect(watch.takeShrunk()).toBe(false);
    const [a, b] = look(topic('a', 2), topic('b', 0, code));
    look(topic('a', 2), topic('b', 0, code));
    expect([a, b]).toEqual([topic('a', 2), topic('b', 0)]);
    expect(watch.unavailable).toEqual(['b']);
    expect([watch.takeShrunk(), watch.takeShrunk()]).toEqual([true, false]);
    look(topic('a', 2), topic('b', 2));
    expect(watch.unavailable).toEqual([]);
    expect(lines).toEqual([
      `error {"topic":"b","reason":"${reason}"} Topic became unavailable; the others go on.`,
      'info {"topic":"b","partitions":2} Topic became available.',
    ]);
  });

  it('keeps the topics of which a partition has no leader for the moment', () => {
    const { watch, look } = watching(true);
    const [a] = look({ ...topic('a', 0), partitionMetadata: [{ partitionErrorCode: LEADER_NOT_AVAILABLE }] });
    expect(a).toEqual(topic('a', 1));
    expect(watch.unavailable).toEqual([]);
  });

  it('tells when their number of partitions changes; fewer are those of another topic', () => {
    const { watch, look, lines } = watching(true);
    look(topic('a', 6));
    look(topic('a', 12));
    expect(watch.takeShrunk()).toBe(false);
    look(topic('a', 3));
    expect(watch.takeShrunk()).toBe(true);
    const told = 'Number of partitions changed; records of a key are in another one from now on.';
    expect(lines).toEqual([
      `warn {"topic":"a","from":6,"to":12} ${told}`,
      `warn {"topic":"a","from":12,"to":3} ${told}`,
    ]);
  });
});

describe('what a producer knows of its topics', () => {
  it('leaves a topic that is gone to kafkajs, which tells who sends to it', () => {
    const { look } = watching(false);
    expect(look(topic('a', 0, UNKNOWN_TOPIC))).toEqual([topic('a', 0, UNKNOWN_TOPIC)]);
  });
});
