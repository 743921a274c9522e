import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import kafkajs, { type Admin } from 'kafkajs';
import { clientOf } from './client.js';
import type { IncomingRecord } from './record.js';
import { RealKafka, until, upTo, valuesByKey } from './spec/real-kafka.js';

const { Kafka, logLevel } = kafkajs;
const kafka = new RealKafka(startKafka);
let admin: Admin;

/** The logged lines, as `level message`. */
function listening() {
  const lines: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  const logTo = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, fields: { ...fields } });
  return { lines, log: { debug: logTo('debug'), info: logTo('info'), warn: logTo('warn'), error: logTo('error') } };
}

function collector() {
  const records: IncomingRecord[] = [];
  const of = (topic: string) => records.filter((record) => record.topic === topic);
  return { records, of, onRecords: async (more: readonly IncomingRecord[]) => void records.push(...more) };
}

beforeAll(async () => {
  await kafka.start();
  admin = clientOf(kafka.connection).admin();
  await admin.connect();
});
afterEach(() => kafka.endTest());
afterAll(async () => {
  await admin.disconnect();
  await kafka.stop();
});

describe('partitions that are added while producers and consumers run', () => {
  it('are written and read within seconds, and logged once by each client', async () => {
    const topic = await kafka.topic(2);
    const { lines, log } = listening();
    const { records, onRecords } = collector();
    const transport = await kafka.transport({ topics: [topic], onRecords, log });
    const producer = kafka.producer();
    const send = (from: number) =>
      producer.send(upTo(40).map((key) => ({ topic, key: `key-${key}`, headers: {}, payload: String(from) })));
    await send(0);
    await until('the first are taken', () => records.length === 40);
    await admin.createPartitions({ topicPartitions: [{ topic, count: 6 }] });
    let round = 0;
    await until(
      'the producer writes to new partitions and the consumer reads them',
      async () => {
        await send(++round);
        return new Set(records.map(({ partition }) => partition)).size === 6;
      },
      15_000,
    );
    const distinct = () => new Set(records.map(({ key, value }) => `${key} ${value}`)).size;
    await until('all are taken', () => distinct() === 40 * (round + 1));
    expect(transport.health()).toMatchObject({ state: 'running', assigned: 6 });
    const expected = lines.filter(({ message }) => message.startsWith('Number of partitions changed'));
    expect(expected.map(({ level, fields }) => ({ level, ...fields }))).toEqual([
      { level: 'warn', topic, from: 2, to: 6 },
    ]);
  });
});

describe('a topic that is deleted under load', () => {
  it('blocks no other topic, is reported, and is read from its beginning once it exists again', async () => {
    const [gone, stays] = [await kafka.topic(2), await kafka.topic(2)];
    const { lines, log } = listening();
    const { of, onRecords } = collector();
    const transport = await kafka.transport({ topics: [gone, stays], onRecords, log });
    await kafka.send(gone, 5, 4);
    await kafka.send(stays, 5, 4);
    await until('the first are taken', () => of(gone).length === 20 && of(stays).length === 20);
    await until('they are committed', async () => Object.values(await transport.lag()).every((lag) => lag === 0));

    await admin.deleteTopics({ topics: [gone] });
    await until('it is reported', () => transport.health().unavailableTopics.includes(gone), 15_000);
    expect(lines).toContainEqual({
      level: 'error',
      message: 'Topic became unavailable; the others continue.',
      fields: { topic: gone, reason: 'UNKNOWN_TOPIC_OR_PARTITION' },
    });
    for (const round of upTo(5)) {
      await kafka.send(stays, 5, 4, 4 * (round + 1));
      await until('the other goes on', () => of(stays).length >= 20 * (round + 2), 10_000);
    }
    expect(Object.keys(await transport.lag()).sort()).toEqual([`${stays}/0`, `${stays}/1`]);
    expect(transport.health().state).toBe('running');

    await admin.createTopics({ topics: [{ topic: gone, numPartitions: 2 }] });
    await kafka.send(gone, 5, 40, 100);
    await until(
      'it is read from its beginning',
      () => new Set(of(gone).map(({ value, key }) => `${key} ${value}`)).size === 220,
      20_000,
    );
    expect(transport.health().unavailableTopics).toEqual([]);
    for (const values of valuesByKey(of(stays)).values()) expect([...new Set(values)]).toEqual(upTo(24));
  });

  it('blocks no other topic of two members, and is shared by both once it exists again with another number of partitions', async () => {
    const [gone, stays] = [await kafka.topic(4), await kafka.topic(4)];
    const groupId = `pair-${gone}`;
    const { of, onRecords } = collector();
    const join = () => kafka.transport({ topics: [gone, stays], groupId, onRecords });
    const members = [await join(), await join()];
    const assigned = (each: number) => members.every((session) => session.health().assigned === each);
    await until('both have a half', () => assigned(4));
    await admin.deleteTopics({ topics: [gone] });
    await until('both share the other', () => assigned(2), 20_000);
    await kafka.send(stays, 20, 2);
    await until('it is read by both', () => of(stays).length >= 40);
    await admin.createTopics({ topics: [{ topic: gone, numPartitions: 2 }] });
    await until('both have a half again', () => assigned(3), 20_000);
    await kafka.send(gone, 20, 2);
    await until('it is read', () => of(gone).length >= 40);
    expect(members.map((session) => session.health().unavailableTopics)).toEqual([[], []]);
  });

  it('does not prevent the start of a consumer', async () => {
    const stays = await kafka.topic(1);
    const never = `${stays}-that-never-was`;
    const { of, onRecords } = collector();
    const transport = await kafka.transport({ topics: [never, stays], onRecords });
    await kafka.send(stays, 2, 2);
    await until('the other is read', () => of(stays).length === 4);
    expect(transport.health().unavailableTopics).toEqual([never]);
    await admin.createTopics({ topics: [{ topic: never, numPartitions: 1 }] });
    await kafka.send(never, 2, 2);
    await until('it is read as soon as it is there', () => of(never).length === 4, 15_000);
  });
});

describe('records that were removed before a group consumed them', () => {
  it('are counted and logged, and the group continues with the existing ones', async () => {
    const topic = await kafka.topic(1);
    const { lines, log } = listening();
    const first = collector();
    await kafka.send(topic, 1, 10);
    const before = await kafka.transport({ topics: [topic], onRecords: first.onRecords });
    await until('the first are taken', () => first.records.length === 10);
    await before.close();
    await kafka.send(topic, 1, 30, 10);
    // kafkajs deletes records only of topics with metadata.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '25' }] });
    const { records, onRecords } = collector();
    const transport = await kafka.transport({ topics: [topic], onRecords, log });
    await until('the rest is taken', () => records.length === 15);
    expect(transport.health().recordsLost).toBe(15);
    expect(lines).toContainEqual({
      level: 'error',
      message: 'Records were removed before this group consumed them.',
      fields: { topic, partition: 0, from: '10', to: '25', lost: 15 },
    });
  });
});

describe('a broker with an IPv6 address', () => {
  it('is found by it', async () => {
    const topic = await kafka.topic(1);
    const port = kafka.connection.brokers[0]!.split(':').at(-1);
    const brokers = [`[::ffff:127.0.0.1]:${port}`];
    const { records, onRecords } = collector();
    await kafka.transport({ topics: [topic], onRecords, brokers });
    await kafka.send(topic, 1, 1);
    await until('its record is taken', () => records.length === 1);
  });
});

describe('a plain kafkajs consumer in the same process', () => {
  it('has its own binary keys and values, and its own codec', async () => {
    const topic = await kafka.topic(1);
    const { records, onRecords } = collector();
    await kafka.transport({ topics: [topic], onRecords });
    const plain = new Kafka({ ...kafka.connection, logLevel: logLevel.NOTHING });
    const consumer = plain.consumer({ groupId: `plain-${topic}` });
    kafka.later(() => consumer.disconnect());
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const seen: { key: Buffer | null; value: Buffer | null }[] = [];
    await consumer.run({
      eachMessage: async ({ message }) => {
        // As Nest's own transport does.
        Object.assign(message, { topic });
        seen.push(message);
      },
    });
    const producer = plain.producer();
    kafka.later(() => producer.disconnect());
    await producer.connect();
    const [key, value] = [Buffer.from([1, 2, 0xff]), Buffer.from([0, 0, 0, 0, 42, 6, 0xff, 0xfe, 0x80, 0xc3])];
    await producer.send({ topic, messages: [{ key, value, headers: { baggage: ['a=1', 'b=2'], z: 'last' } }] });
    await until('both have it', () => seen.length === 1 && records.length === 1);
    expect(seen[0]).toMatchObject({ key, value });
    expect(records[0]!.headers).toEqual({ baggage: 'a=1', z: 'last' });
  });
});
