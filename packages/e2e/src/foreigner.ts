import { CompressionTypes, Kafka, logLevel, type Message, Partitioners } from 'kafkajs';
import type { Stack } from './stack.js';

/** What somebody puts on a topic who knows nothing of us. */
export type Foreign = Pick<Message, 'key' | 'value' | 'headers' | 'partition'>;

/** Sends what our own producer never would: without a key, of any size, to a partition of its choice, compressed. */
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
