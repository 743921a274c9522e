import { EventProducer, KafkaTransport } from '@quadrille/kafka';
import { type Consumer, Kafka, logLevel } from 'kafkajs';

/** A record of a choreography: its headers have the id and the name of the event. */
export interface Message {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<'id' | 'event', string>>;
  readonly payload: string;
}

/** The connection of a service to Kafka. */
export interface Messaging {
  /** Resolves once all in-sync replicas have the records. */
  send(messages: readonly Message[]): Promise<void>;
  /** Joins the group. `react` resolves once the message is processed; a message is repeated if it rejects. */
  subscribe(topics: readonly string[], react: (message: Message) => Promise<void>): Promise<void>;
}

/** Opens the connection of a service; `group` is its consumer group. */
export type OpenMessaging = (brokers: readonly string[], group: string) => Promise<Messaging>;

/** The client of the shop. */
export const quadrilleMessaging: OpenMessaging = async (brokers, group) => {
  const connection = { brokers, clientId: group };
  const producer = new EventProducer(connection);
  await producer.connect();
  return {
    send: (messages) => producer.send(messages),
    subscribe: (topics, react) => {
      const transport = new KafkaTransport({
        ...connection,
        groupId: group,
        topics,
        onRecords: async (records) => {
          const messages = records.map(({ topic, key, headers, value }) => ({ topic, key, headers, payload: value }));
          await Promise.all((messages as Message[]).map(react));
        },
      });
      return new Promise((joined, failed) =>
        transport.listen((error) => (error ? failed(error as Error) : joined(undefined))),
      );
    },
  };
};

/** The same interval as in the shop. kafkajs would commit after every batch. */
const COMMIT_EVERY_MS = 500;
const SESSION_TIMEOUT_MS = 6_000;
/** More than the partitions of a service, so that none waits for another. */
const PARTITIONS_AT_ONCE = 100;

/** kafkajs without any package of ours. */
export const kafkajsMessaging: OpenMessaging = async (brokers, group) => {
  const kafka = new Kafka({ brokers: [...brokers], clientId: group, logLevel: logLevel.ERROR });
  const producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false });
  await producer.connect();
  return {
    send: async (messages) => {
      await producer.sendBatch({
        acks: -1,
        topicMessages: messages.map(({ topic, key, headers, payload: value }) => ({
          topic,
          messages: [{ key, headers, value }],
        })),
      });
    },
    subscribe: async (topics, react) => {
      const consumer = kafka.consumer({ groupId: group, sessionTimeout: SESSION_TIMEOUT_MS });
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consume(consumer, react);
    },
  };
};

async function consume(consumer: Consumer, react: (message: Message) => Promise<void>): Promise<void> {
  const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
  const processed = new Map<string, { topic: string; partition: number; offset: string }>();
  consumer.on(consumer.events.REBALANCING, () => processed.clear());
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
    eachBatch: async ({ batch: { topic, partition, messages } }) => {
      await Promise.all(
        messages.map(({ key, value, headers }) => {
          const texts = Object.fromEntries(Object.entries(headers!).map(([name, text]) => [name, String(text)]));
          return react({ topic, key: String(key), headers: texts as Message['headers'], payload: String(value) });
        }),
      );
      const offset = String(BigInt(messages.at(-1)!.offset) + 1n);
      processed.set(`${topic}/${partition}`, { topic, partition, offset });
    },
  });
  setInterval(() => {
    const offsets = [...processed.values()];
    processed.clear();
    if (offsets.length > 0) consumer.commitOffsets(offsets).catch(console.error);
  }, COMMIT_EVERY_MS);
  await joined;
}
