import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import { describeCluster } from './describe-cluster.js';
import { RealKafka, until } from './spec/real-kafka.js';

const kafka = new RealKafka(startKafka);
beforeAll(() => kafka.start());
afterEach(() => kafka.endTest());
afterAll(() => kafka.stop());

it('describes topics and groups, including a deleted topic and a group without members', async () => {
  const topic = await kafka.topic(3);
  await kafka.send(topic, 5, 4);
  let taken = 0;
  const onRecords = async (records: readonly unknown[]) => {
    taken += records.length;
  };
  await kafka.transport({ topics: [topic], onRecords });
  await until('all is taken', () => taken === 20);
  const look = () =>
    describeCluster({
      ...kafka.connection,
      topics: [topic, 'gone'],
      groups: { [`group-of-${topic}`]: [topic, 'gone'], nobody: [topic] },
    });
  await until('all is committed', async () => (await look()).groups[0]?.lag === 0);
  expect(await look()).toMatchObject({
    brokers: 1,
    topics: [
      { topic, partitions: 3, withoutLeader: 0, replicas: 1, settings: { 'cleanup.policy': 'delete' } },
      { topic: 'gone', cause: 'it does not exist' },
    ],
    groups: [
      { group: `group-of-${topic}`, members: 1, lag: 0 },
      { group: 'nobody', members: 0, lag: 20 },
    ],
  });
});

it('ends soon when no broker answers', async () => {
  const nowhere = { brokers: ['127.0.0.1:1'], clientId: 'spec', topics: [], groups: {} };
  await expect(describeCluster(nowhere)).rejects.toThrow();
});
