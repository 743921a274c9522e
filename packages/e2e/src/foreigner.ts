import { CompressionTypes, Kafka, logLevel, type Message, Partitioners } from 'kafkajs';
import type { Stack } from './stack.js';

/** A message of a producer outside the system. */
export type Foreign = Pick<Message, 'key' | 'value' | 'headers' | 'partition'>;

/** Sends messages that the own producer never sends: without a key, of any size, to a chosen partition, compressed. */
export async function sendForeign(
  { system }: Pick<Stack, 'system'>,
  topic: string,
  messages: readonly Foreign[],
  compression = CompressionTypes.None,
): Promise<void> {
  const kafka = new Kafka({ clientId: 'foreigner', brokers: [...system.kafka.brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    for (const message of messages) await producer.send({ topic, messages: [message], compression });
  } finally {
    await producer.disconnect();
  }
}
