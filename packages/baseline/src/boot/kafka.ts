import { Transport } from '@nestjs/microservices';
import { topicsOf } from '@quadrille/choreography';
import { shop } from '@quadrille/contracts';
import { Kafka, logLevel } from 'kafkajs';
import { naming } from '../messaging/publish.js';
import { environment } from './environment.js';

const ALL_REPLICAS = -1;

/** Options of Nest's own Kafka transport: one message at a time per partition, all partitions concurrently. */
export const kafkaOptions = (service: string) => ({
  transport: Transport.KAFKA as const,
  options: {
    client: { clientId: `baseline.${service}`, brokers: environment.KAFKA_BROKERS, logLevel: logLevel.ERROR },
    consumer: { groupId: `baseline.${service}`, allowAutoTopicCreation: false },
    producer: { allowAutoTopicCreation: false },
    subscribe: { fromBeginning: true },
    run: { partitionsConsumedConcurrently: environment.TOPIC_PARTITIONS },
    send: { acks: ALL_REPLICAS },
    producerOnlyMode: true,
  },
});

/** Creates missing topics. */
export async function createTopics(service: string): Promise<void> {
  const admin = new Kafka({ ...kafkaOptions(service).options.client, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = topicsOf(naming, shop).map((topic) => ({
    topic,
    numPartitions: environment.TOPIC_PARTITIONS,
  }));
  await admin.createTopics({ topics, waitForLeaders: true }).catch((error: Error) => {
    if (!/already exists/.test(error.message)) throw error;
  });
  await admin.disconnect();
}
