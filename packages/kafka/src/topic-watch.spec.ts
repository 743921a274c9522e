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
  const logTo = (level: string) => (of: object, message: string) =>
    lines.push(`${level} ${JSON.stringify(of)} ${message}`);
  const watch = new TopicWatch(
    { debug() {}, info: logTo('info'), warn: logTo('warn'), error: logTo('error') },
    forgives,
  );
  const look = (...topicMetadata: Metadata['topicMetadata'][number][]) => {
    watch.look({ topicMetadata });
    return topicMetadata;
  };
  return { watch, look, lines };
}

describe('the topics of a consumer', () => {
  it.each([
    [UNKNOWN_TOPIC, 'UNKNOWN_TOPIC_OR_PARTITION'],
    [UNAUTHORIZED, 'TOPIC_AUTHORIZATION_FAILED'],
  ])('treats a topic with the error code %i as empty, and logs it once', (code, reason) => {
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
      `error {"topic":"b","reason":"${reason}"} Topic became unavailable; the others continue.`,
      'info {"topic":"b","partitions":2} Topic became available.',
    ]);
  });

  it('retains topics with a partition that temporarily has no leader', () => {
    const { watch, look } = watching(true);
    const [a] = look({ ...topic('a', 0), partitionMetadata: [{ partitionErrorCode: LEADER_NOT_AVAILABLE }] });
    expect(a).toEqual(topic('a', 1));
    expect(watch.unavailable).toEqual([]);
  });

  it('logs a changed number of partitions; fewer belong to another topic of that name', () => {
    const { watch, look, lines } = watching(true);
    look(topic('a', 6));
    look(topic('a', 12));
    expect(watch.takeShrunk()).toBe(false);
    look(topic('a', 3));
    expect(watch.takeShrunk()).toBe(true);
    const expected = 'Number of partitions changed; records of a key may be in another one from now on.';
    expect(lines).toEqual([
      `warn {"topic":"a","from":6,"to":12} ${expected}`,
      `warn {"topic":"a","from":12,"to":3} ${expected}`,
    ]);
  });
});

describe('the topics of a producer', () => {
  it('leaves a missing topic to kafkajs, which fails the send to it', () => {
    const { look } = watching(false);
    expect(look(topic('a', 0, UNKNOWN_TOPIC))).toEqual([topic('a', 0, UNKNOWN_TOPIC)]);
  });
});
