import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import { clientOf } from './client.js';
import { silent } from './log.js';
import { partitionOf } from './produce-requests.js';
import { EventProducer } from './producer.js';
import { readTopics } from './read-topics.js';
import { type IncomingRecord, MAX_MESSAGE_BYTES, type OutgoingRecord } from './record.js';
import { RealKafka, until, upTo, valuesByKey } from './spec/real-kafka.js';
import { createTopics, TopicsProblem, verifyTopics } from './topics.js';
import { KafkaUnreachable } from './unreachable.js';
import { RefusedTopics, UnsendableRecords } from './unsendable.js';

const kafka = new RealKafka(startKafka);
const NOWHERE = { brokers: ['127.0.0.1:1'], clientId: 'spec' };
const record = (topic: string, key: string, payload: string): OutgoingRecord => ({ topic, key, headers: {}, payload });

/** Reads these topics until the records are sufficient. */
async function read(topics: string[], enough: (records: IncomingRecord[]) => boolean): Promise<IncomingRecord[]> {
  const records: IncomingRecord[] = [];
  const onRecords = async (more: readonly IncomingRecord[]) => void records.push(...more);
  await kafka.transport({ topics, onRecords, groupId: `reader-of-${topics}` });
  await until('all records are read', () => enough(records));
  return records;
}

beforeAll(() => kafka.start());
afterEach(() => kafka.endTest());
afterAll(() => kafka.stop());

describe('topics', () => {
  it('are created once, although several services create them at the same time', async () => {
    const wanted = { ...kafka.connection, topics: ['shared-a', 'shared-b'], partitions: 3, replicationFactor: 1 };
    await Promise.all([createTopics(wanted), createTopics(wanted), createTopics(wanted)]);
    const admin = clientOf(kafka.connection).admin();
    kafka.later(() => admin.disconnect());
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: wanted.topics });
    expect(topics.map(({ name, partitions }) => [name, partitions.length]).sort()).toEqual([
      ['shared-a', 3],
      ['shared-b', 3],
    ]);
  });

  it('take records at once, from the first', async () => {
    const partitions = 60;
    const failed: string[] = [];
    const debug = (_: object, message: string) => {
      if (message.startsWith('Failed to send')) failed.push(message);
    };
    const connection = { ...kafka.connection, log: { ...silent, debug } };
    await createTopics({ ...connection, topics: ['at-once-a', 'at-once-b'], partitions, replicationFactor: 1 });
    const producer = new EventProducer(connection);
    kafka.later(() => producer.disconnect());
    await producer.send(Array.from({ length: 4 * partitions }, (_, n) => record('at-once-b', `k${n}`, 'x')));
    expect(failed).toEqual([]);
  });

  it('that Kafka refuses are named with the reason', async () => {
    const wanted = { ...kafka.connection, topics: ['too-safe'], partitions: 1, replicationFactor: 3 };
    await expect(createTopics(wanted)).rejects.toThrow('too-safe: Replication-factor is invalid');
  });

  it('can be verified without creating them: missing or too small ones are named in one sentence', async () => {
    await createTopics({ ...kafka.connection, topics: ['verified'], partitions: 2, replicationFactor: 1 });
    const verify = (topics: string[], partitions: number) =>
      verifyTopics({ ...kafka.connection, topics, partitions, group: 'verifies' });
    await verify(['verified'], 2);
    const all = verify(['verified', 'absent-a', 'absent-b'], 3);
    await expect(all).rejects.toThrow(TopicsProblem);
    await expect(all).rejects.toThrow(
      'Topics are missing or wrong: absent-a, absent-b are missing, or may not be described by this user; verified has 2 partitions instead of 3. Create them',
    );
  });

  it('without a broker fail with one sentence that names the remedy', async () => {
    const made = createTopics({ ...NOWHERE, topics: ['t'], partitions: 1, replicationFactor: 1 });
    await expect(made).rejects.toThrow(KafkaUnreachable);
    await expect(made).rejects.toThrow(/^Kafka does not answer at 127\.0\.0\.1:1 .*start a broker there/);
  });
});

describe('a read of topics', () => {
  const two = { topics: ['read-a', 'read-b'] };

  it('reports every existing record once, and no later one', async () => {
    await createTopics({ ...kafka.connection, ...two, partitions: 2, replicationFactor: 1 });
    const producer = new EventProducer(kafka.connection);
    await producer.connect();
    kafka.later(() => producer.disconnect());
    const outgoing = upTo(50).map((n) => record(two.topics[Number(n) % 2]!, `key-${n}`, `${n}`));
    await producer.send(outgoing);
    const reported: string[] = [];
    expect(await readTopics({ ...kafka.connection, ...two }, ({ value }) => reported.push(value!))).toBe(
      outgoing.length,
    );
    expect(reported.sort()).toEqual(outgoing.map(({ payload }) => payload).sort());
  });

  it('ends with the error of its callback', async () => {
    const refuse = () => {
      throw new Error('The callback failed');
    };
    await expect(readTopics({ ...kafka.connection, ...two }, refuse)).rejects.toThrow('The callback failed');
  });

  it('of empty topics reports no record', async () => {
    await createTopics({ ...kafka.connection, topics: ['read-c'], partitions: 2, replicationFactor: 1 });
    expect(await readTopics({ ...kafka.connection, topics: ['read-c'] }, () => {})).toBe(0);
  });
});

describe('the producer', () => {
  it('reports that Kafka is unreachable', async () => {
    await expect(new EventProducer(NOWHERE).connect()).rejects.toThrow(KafkaUnreachable);
  });

  it('puts a key on the same partition number in topics of one size', async () => {
    const topics = [await kafka.topic(4), await kafka.topic(4)];
    const keys = upTo(20).map((n) => `order-${n}`);
    await kafka.producer().send(topics.flatMap((topic) => keys.map((key) => record(topic, key, '0'))));
    for (const { key, partition } of await read(topics, ({ length }) => length === 40)) {
      expect(partition).toBe(partitionOf(key!, 4));
    }
  });

  it('sends megabytes of one key in order', async () => {
    const topic = await kafka.topic(2);
    const padding = 'x'.repeat(5_000);
    await kafka.producer().send(upTo(1_200).map((n) => record(topic, 'one', `${n}${padding}`)));
    const records = await read([topic], ({ length }) => length === 1_200);
    expect(records.map(({ value }) => Number.parseInt(value!, 10))).toEqual(upTo(1_200));
  });

  it('sends all records except one that is too large, and reports its index', async () => {
    const topic = await kafka.topic(1);
    const payloads = ['0', 'x'.repeat(MAX_MESSAGE_BYTES), '1'];
    const sent = kafka.producer().send(payloads.map((payload) => record(topic, 'k', payload)));
    await expect(sent).rejects.toBeInstanceOf(UnsendableRecords);
    await expect(sent).rejects.toMatchObject({ indexes: [1] });
    const records = await read([topic], ({ length }) => length === 2);
    expect(records.map(({ value }) => value)).toEqual(['0', '1']);
  });

  it('finds the records that only the broker rejects as too large', async () => {
    const admin = clientOf(kafka.connection).admin();
    kafka.later(() => admin.disconnect());
    await admin.connect();
    const configEntries = [{ name: 'max.message.bytes', value: '2000' }];
    await admin.createTopics({ topics: [{ topic: 'narrow', numPartitions: 1, configEntries }] });
    const payloads = upTo(9).map((n) => (n === 2 || n === 7 ? 'x'.repeat(3_000) : String(n)));
    const sent = kafka.producer().send(payloads.map((payload) => record('narrow', 'k', payload)));
    await expect(sent).rejects.toMatchObject({ indexes: [2, 7] });
    const records = await read(['narrow'], ({ length }) => length === 7);
    expect(records.map(({ value }) => value)).toEqual(['0', '1', '3', '4', '5', '6', '8']);
  });

  it('sends to the other topics while some are missing or have invalid names, and to those once they exist', async () => {
    const topic = await kafka.topic(1);
    const producer = kafka.producer();
    const outgoing = [record(topic, 'k', '0'), record('gone-for-now', 'k', 'x'), record('no/name', 'k', 'y')];
    const all = [...outgoing, record(topic, 'k', '1'), record('', 'k', 'z'), record('gone-for-now', 'k', 'x')];
    const refused = await producer.send(all).catch((error: unknown) => error as RefusedTopics);
    expect(refused).toBeInstanceOf(RefusedTopics);
    expect([...(refused as RefusedTopics).indexes].sort()).toEqual([1, 2, 4, 5]);
    expect([...(refused as RefusedTopics).topics.keys()].sort()).toEqual(['', 'gone-for-now', 'no/name']);
    await producer.send([record(topic, 'k', '2')]);
    await createTopics({ ...kafka.connection, topics: ['gone-for-now'], partitions: 1, replicationFactor: 1 });
    await producer.send([record('gone-for-now', 'k', '0'), record(topic, 'k', '3')]);
    const records = await read([topic, 'gone-for-now'], ({ length }) => length === 5);
    expect(records.filter((each) => each.topic === topic).map(({ value }) => value)).toEqual(['0', '1', '2', '3']);
  });

  it('reports in one error which records can never be sent and which wait for their topic', async () => {
    const topic = await kafka.topic(1);
    const tooLarge = record(topic, 'k', 'x'.repeat(MAX_MESSAGE_BYTES));
    const sent = kafka.producer().send([record('gone', 'k', 'x'), tooLarge, record(topic, 'k', '0')]);
    await expect(sent).rejects.toMatchObject({ indexes: [0, 1], unsendable: { indexes: [1] } });
    expect(await read([topic], ({ length }) => length === 1)).toMatchObject([{ value: '0' }]);
  });

  it('does not blame a topic for another one that was deleted', async () => {
    const [topic, deleted] = [await kafka.topic(1), await kafka.topic(1)];
    const producer = kafka.producer();
    await producer.send([record(topic, 'k', '0'), record(deleted, 'k', '0')]);
    const admin = clientOf(kafka.connection).admin();
    kafka.later(() => admin.disconnect());
    await admin.connect();
    await admin.deleteTopics({ topics: [deleted] });
    await until('the topic is refused', async () => {
      const sent = await producer.send([record(deleted, 'k', '1')]).then(
        () => true,
        (error) => error,
      );
      return sent instanceof RefusedTopics;
    });
    await producer.send([record(topic, 'k', '1')]);
    expect(await read([topic], ({ length }) => length === 2)).toMatchObject([{ value: '0' }, { value: '1' }]);
  });

  it('waits for the sends under way before it disconnects', async () => {
    const topic = await kafka.topic(1);
    const producer = kafka.producer();
    const sends = upTo(20).map((n) => producer.send([record(topic, 'k', String(n))]));
    await producer.disconnect();
    await Promise.all(sends);
    const records = await read([topic], ({ length }) => length === 20);
    expect(valuesByKey(records).get('k')).toEqual(upTo(20));
  });
});
