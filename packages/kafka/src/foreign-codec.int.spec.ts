import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import kafkajs from 'kafkajs';
import { clientOf } from './client.js';
import { readTopics } from './read-topics.js';
import type { IncomingRecord } from './record.js';
import { RealKafka, until } from './spec/real-kafka.js';

const kafka = new RealKafka(startKafka);

/** The tag of a literal with a length of two bytes. */
const TWO_BYTES_OF_LENGTH = 61 << 2;

/** Snappy without any back-reference: the length, then the bytes as one literal (up to 64 KiB). */
function packed(bytes: Buffer): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  const literal = [TWO_BYTES_OF_LENGTH, (bytes.length - 1) & 255, (bytes.length - 1) >>> 8];
  return Buffer.concat([Buffer.from([...length, rest, ...literal]), bytes]);
}

beforeAll(() => kafka.start());
afterEach(() => kafka.endTest());
afterAll(() => kafka.stop());

describe('a batch that another client compressed with a codec kafkajs does not have (#597, #1141)', () => {
  it('is read like any other, and does not stop its partition', async () => {
    const { CompressionTypes, CompressionCodecs } = kafkajs;
    CompressionCodecs[CompressionTypes.Snappy] = () => ({
      compress: async ({ buffer }: { buffer: Buffer }) => packed(buffer),
      decompress: async () => Promise.reject(new Error('Snappy compression not implemented')),
    });
    const topic = await kafka.topic(1);
    const foreign = clientOf(kafka.connection).producer();
    kafka.later(() => foreign.disconnect());
    await foreign.connect();
    const messages = [{ key: 'a', value: 'foreign' }];
    await foreign.send({ topic, messages, compression: CompressionTypes.Snappy });
    await kafka.send(topic, 1, 1);
    const records: IncomingRecord[] = [];
    await kafka.transport({ topics: [topic], onRecords: async (more) => void records.push(...more) });
    await until('both are taken', () => records.length === 2);
    expect(records.map(({ value }) => String(value))).toEqual(['foreign', '0']);
  });

  it('blocks only its partition if the topic stores it compressed, is reported, and is read once its codec works', async () => {
    const { CompressionTypes, CompressionCodecs } = kafkajs;
    let able = false;
    CompressionCodecs[CompressionTypes.Snappy] = () => ({
      compress: async ({ buffer }: { buffer: Buffer }) => packed(buffer),
      decompress: async (bytes: Buffer) => {
        if (!able) throw new Error('Snappy compression not implemented');
        return bytes.subarray(bytes.indexOf(TWO_BYTES_OF_LENGTH) + 3);
      },
    });
    const topic = `${await kafka.topic(1)}-packed`;
    const admin = clientOf(kafka.connection).admin();
    kafka.later(() => admin.disconnect());
    await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });
    const foreign = clientOf(kafka.connection).producer();
    kafka.later(() => foreign.disconnect());
    await foreign.connect();
    const send = (partition: number, value: string, compression: number) =>
      foreign.send({ topic, messages: [{ partition, key: 'a', value }], compression });
    await send(0, 'packed', CompressionTypes.Snappy);
    const records: IncomingRecord[] = [];
    const onRecords = async (more: readonly IncomingRecord[]) => void records.push(...more);
    const transport = await kafka.transport({ topics: [topic], onRecords });
    for (const value of ['1', '2', '3']) {
      await send(1, value, CompressionTypes.None);
      await until('the other partition goes on', () => records.some((record) => record.value === value));
    }
    const [failing] = transport.health().failing;
    expect(failing).toMatchObject({
      topic,
      partition: 0,
      offset: '0',
      error: `Batch ${topic}/0@0 is packed with Snappy, which could not be unpacked.`,
    });
    await until('it is tried again', () => transport.health().failing[0]!.attempts > failing!.attempts);
    able = true;
    await until('it goes on', () => records.some(({ value }) => value === 'packed'));
    expect(transport.health()).toMatchObject({ state: 'running', failing: [] });
  });

  it('costs a reader of whole topics only that batch: records before and behind it are read', async () => {
    const { CompressionTypes, CompressionCodecs } = kafkajs;
    CompressionCodecs[CompressionTypes.Snappy] = () => ({
      compress: async ({ buffer }: { buffer: Buffer }) => packed(buffer),
      decompress: async () => Promise.reject(new Error('Snappy compression not implemented')),
    });
    const topic = `${await kafka.topic(1)}-packed`;
    const admin = clientOf(kafka.connection).admin();
    kafka.later(() => admin.disconnect());
    await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });
    const foreign = clientOf(kafka.connection).producer();
    kafka.later(() => foreign.disconnect());
    await foreign.connect();
    const send = (partition: number, value: string, compression: number = CompressionTypes.None) =>
      foreign.send({ topic, messages: [{ partition, key: 'a', value }], compression });
    await send(0, 'before');
    await send(0, 'packed', CompressionTypes.Snappy);
    await send(0, 'behind');
    await send(0, 'packed, at the end', CompressionTypes.Snappy);
    await send(1, 'beside');
    const reported: string[] = [];
    const read: (string | null)[] = [];
    const onUnreadable = ({ offset }: { offset: string }) => void reported.push(offset);
    await readTopics({ ...kafka.connection, topics: [topic], onUnreadable }, ({ value }) => read.push(value));
    expect([read.sort(), reported]).toEqual([
      ['before', 'behind', 'beside'],
      ['1', '3'],
    ]);
    const from = new Map([[`${topic}/0`, 2n]]);
    const to = new Map([[`${topic}/0`, 3n]]);
    const part: (string | null)[] = [];
    await readTopics({ ...kafka.connection, topics: [topic], from, to }, ({ value }) => part.push(value));
    expect(part).toEqual(['behind']);
    const whole = readTopics({ ...kafka.connection, topics: [topic] }, () => {});
    await expect(whole).rejects.toThrow(`Batch ${topic}/0@1 is packed with Snappy, which could not be unpacked.`);
  });
});
