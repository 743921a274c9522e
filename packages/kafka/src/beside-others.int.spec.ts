import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, KafkaContext, type MicroserviceOptions, Payload, Transport } from '@nestjs/microservices';
import { startKafka } from '@quadrille/local';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import type { IncomingRecord } from './record.js';
import { RealKafka, until } from './spec/real-kafka.js';

const kafka = new RealKafka(startKafka);

beforeAll(() => kafka.start());
afterEach(() => kafka.endTest());
afterAll(() => kafka.stop());

type Seen = Pick<KafkaMessage, 'key' | 'value' | 'headers'>;
type SeenByNest = { readonly key: unknown; readonly value: unknown; readonly headers: unknown };

/** Avro in the frame of a schema registry: no UTF-8. A binary key, a binary header, and a repeated one. */
const BINARY = {
  key: Buffer.from([1, 2, 255]),
  value: Buffer.from([0, 0, 0, 0, 42, 6, 255, 254, 128, 195]),
  headers: { baggage: [Buffer.from('a=1'), Buffer.from('b=2')], trace: Buffer.from([0, 255]), z: Buffer.from('last') },
};
const OURS = { key: 'loaf-7', headers: { baggage: 'ü' }, payload: '{"crust":"thick"}' };

const seenByNest: SeenByNest[] = [];
let topic = '';

@Controller()
class Existing {
  @EventPattern(/^topic-/)
  take(@Payload() value: Buffer, @Ctx() context: KafkaContext): void {
    const { key, headers } = context.getMessage();
    seenByNest.push({ key, value, headers });
  }
}

@Module({ controllers: [Existing] })
class ExistingApplication {}

/**
 * Nest's own Kafka server. It leaves values unchanged, and converts keys, and headers that do not begin with a zero, to texts.
 */
async function nestConsumer(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(ExistingApplication, {
    logger: false,
    transport: Transport.KAFKA,
    options: {
      client: { brokers: kafka.connection.brokers, logLevel: logLevel.NOTHING },
      consumer: { groupId: 'nest' },
      subscribe: { fromBeginning: true },
      parser: { keepBinary: true },
    },
  });
  kafka.later(() => app.close());
  await app.listen();
}

const plain = () => new Kafka({ brokers: kafka.connection.brokers, logLevel: logLevel.NOTHING });

async function plainConsumer(seen: Seen[]): Promise<void> {
  const consumer = plain().consumer({ groupId: 'plain' });
  kafka.later(() => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message: { key, value, headers } }) => void seen.push({ key, value, headers }),
  });
}

it('changes no byte of other Kafka clients in the process, and reads their records', async () => {
  topic = await kafka.topic(1);
  const records: IncomingRecord[] = [];
  await kafka.transport({ topics: [topic], onRecords: async (more) => void records.push(...more) });
  const seenByPlain: Seen[] = [];
  await nestConsumer();
  await plainConsumer(seenByPlain);

  const producer = plain().producer();
  kafka.later(() => producer.disconnect());
  await producer.connect();
  await producer.send({ topic, messages: [BINARY] });
  await kafka.producer().send([{ topic, ...OURS }]);

  await until('all have both records', () => [records, seenByPlain, seenByNest].every(({ length }) => length === 2));
  const asBytes = {
    key: Buffer.from(OURS.key),
    value: Buffer.from(OURS.payload),
    headers: { baggage: Buffer.from(OURS.headers.baggage) },
  };
  expect(seenByPlain).toEqual([BINARY, asBytes]);
  expect(seenByNest).toEqual([
    { key: '\u0001\u0002\ufffd', value: BINARY.value, headers: { ...BINARY.headers, baggage: 'a=1,b=2', z: 'last' } },
    { key: OURS.key, value: asBytes.value, headers: OURS.headers },
  ]);
  const [binary, ours] = JSON.parse(JSON.stringify(records));
  expect(binary).toMatchObject({ headers: { baggage: 'a=1', z: 'last' }, raw: expect.any(String) });
  expect(ours).toMatchObject({ key: OURS.key, value: OURS.payload, headers: OURS.headers });
});
