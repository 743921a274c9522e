import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startKafkaCluster } from '@quadrille/local';
import { clientOf } from './client.js';
import type { IncomingRecord } from './record.js';
import { RealKafka, until, upTo, valuesByKey } from './spec/real-kafka.js';

const NODES = 3;
const PARTITIONS = 4;
const KEYS = 8;
const EACH = 50;
const STARTS_WITHIN_MS = 300_000;

const kafka = new RealKafka(async ({ dataDir }) => {
  const cluster = await startKafkaCluster({ dataDir, nodes: NODES });
  return { brokers: cluster.nodes.flatMap(({ brokers }) => brokers), stop: () => cluster.stop() };
});

async function admin() {
  const client = clientOf(kafka.connection).admin();
  kafka.later(() => client.disconnect());
  await client.connect();
  return client;
}

type Admin = Awaited<ReturnType<typeof admin>>;

/** The leader of each partition, by its number. */
async function leadersOf(of: Admin, topic: string): Promise<number[]> {
  const { topics } = await of.fetchTopicMetadata({ topics: [topic] });
  return topics[0]!.partitions
    .toSorted((one, other) => one.partitionId - other.partitionId)
    .map(({ leader }) => leader);
}

describe('a partition whose leader moves to another broker', () => {
  beforeAll(() => kafka.start(), STARTS_WITHIN_MS);
  afterEach(() => kafka.endTest());
  afterAll(() => kafka.stop(), STARTS_WITHIN_MS);

  it('is read from there: no record is lost, and the order of each key is preserved', async () => {
    const topic = await kafka.topic(PARTITIONS);
    const records: IncomingRecord[] = [];
    const distinct = () => new Map([...valuesByKey(records)].map(([key, values]) => [key, [...new Set(values)]]));
    const taken = () => [...distinct().values()].reduce((sum, values) => sum + values.length, 0);
    await kafka.transport({ topics: [topic], onRecords: async (more) => void records.push(...more) });
    await kafka.send(topic, KEYS, EACH);
    await until('the first records are taken', () => taken() === KEYS * EACH);

    const client = await admin();
    const before = await leadersOf(client, topic);
    const wanted = before.map((leader) => (leader % NODES) + 1);
    const partitionAssignment = wanted.map((leader, partition) => ({ partition, replicas: [leader] }));
    await client.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] });
    await until('all leaders have moved', async () => String(await leadersOf(client, topic)) === String(wanted));

    await kafka.send(topic, KEYS, EACH, EACH);
    await until('the later records are taken', () => taken() === KEYS * 2 * EACH, 60_000);
    expect(distinct()).toEqual(new Map(upTo(KEYS).map((key) => [`key-${key}`, upTo(2 * EACH)])));
  });
});
