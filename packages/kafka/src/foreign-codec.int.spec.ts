import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startKafka } from '@quadrille/local';
import kafkajs from 'kafkajs';
import { clientOf } from './client.js';
import type { IncomingRecord } from './record.js';
import { RealKafka, until } from './spec/real-kafka.js';

const kafka = new RealKafka(startKafka);

/** Snappy with nothing found to be repeated: the length, then the bytes as one literal (up to 64 KiB). */
function packed(bytes: Buffer): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  const TWO_BYTES_OF_LENGTH = 61 << 2;
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
});
