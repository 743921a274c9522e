import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import { clientOf } from './client.js';
import { followTopics, type TopicsToFollow } from './follow-topics.js';
import { RealKafka } from './spec/real-kafka.js';

const kafka = new RealKafka(startKafka);

beforeAll(() => kafka.start());
afterEach(() => kafka.endTest());
afterAll(() => kafka.stop());

/** Follows a topic, and offers a promise that resolves with the values once the last one has arrived. */
async function follow(topic: string, wanted: Partial<TopicsToFollow> = {}) {
  const values: string[] = [];
  const ended: Error[] = [];
  let look = () => {};
  const { stop } = await followTopics(
    {
      ...kafka.connection,
      topics: [topic],
      from: new Map(),
      latest: 3,
      onEnd: (error) => ended.push(error),
      ...wanted,
    },
    ({ value }) => {
      values.push(value!);
      look();
    },
  );
  kafka.later(stop);
  const until = (last: string) =>
    new Promise<readonly string[]>((resolve) => {
      look = () => values.at(-1) === last && resolve(values);
      look();
    });
  return { until, stop, ended };
}

async function groups(): Promise<string[]> {
  const admin = clientOf(kafka.connection).admin();
  await admin.connect();
  try {
    return (await admin.listGroups()).groups.map(({ groupId }) => groupId).filter((id) => id.includes('.follow.'));
  } finally {
    await admin.disconnect();
  }
}

describe('a reader that follows topics', () => {
  it('begins with the latest records of a partition, and continues with new ones', async () => {
    const topic = await kafka.topic(1);
    await kafka.send(topic, 1, 10);
    const { until } = await follow(topic);
    expect(await until('9')).toEqual(['7', '8', '9']);
    await kafka.send(topic, 1, 2, 10);
    expect(await until('11')).toEqual(['7', '8', '9', '10', '11']);
  });

  it('begins at a given offset', async () => {
    const topic = await kafka.topic(1);
    await kafka.send(topic, 1, 10);
    const { until } = await follow(topic, { from: new Map([[`${topic}/0`, 4n]]) });
    expect(await until('9')).toEqual(['4', '5', '6', '7', '8', '9']);
  });

  it('leaves no group behind', async () => {
    const topic = await kafka.topic(1);
    await kafka.send(topic, 1, 1);
    const { until, stop, ended } = await follow(topic);
    await until('0');
    expect(await groups()).toHaveLength(1);
    await stop();
    expect(await groups()).toEqual([]);
    expect(ended).toEqual([]);
  });

  it('refuses a topic that does not exist', async () => {
    await expect(follow('no-such-topic')).rejects.toThrow(/does not host this topic-partition|no-such-topic/);
  });
});
