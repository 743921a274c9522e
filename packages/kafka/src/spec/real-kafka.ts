import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ConsumerLag } from '../consumer-lag.js';
import { EventProducer } from '../producer.js';
import type { IncomingRecord, OutgoingRecord } from '../record.js';
import { createTopics } from '../topics.js';
import { KafkaTransport, type KafkaTransportOptions } from '../transport.js';

/** The parts of a local broker that specs use. */
interface LocalKafka {
  readonly brokers: string[];
  readonly pid?: number;
  stop(): Promise<void>;
  restart?(): Promise<void>;
}

type TransportWanted = Partial<KafkaTransportOptions> &
  Pick<KafkaTransportOptions, 'topics' | 'onRecords'> & { readonly paused?: readonly string[] };

/** A broker for one spec file, with separate names for each test. */
export class RealKafka {
  readonly #home = mkdtempSync(join(tmpdir(), 'quadrille-kafka-room-'));
  #kafka: LocalKafka | undefined;
  #names = 0;
  readonly #open: (() => Promise<void>)[] = [];

  constructor(private readonly startKafka: (options: { dataDir: string; via: 'jvm' }) => Promise<LocalKafka>) {}

  async start(): Promise<void> {
    this.#kafka = await this.startKafka({ dataDir: join(this.#home, 'kafka'), via: 'jvm' });
  }

  async stop(): Promise<void> {
    await this.endTest();
    await this.#kafka?.stop();
    rmSync(this.#home, { recursive: true });
  }

  /** Closes the resources of the test. */
  async endTest(): Promise<void> {
    for (const close of this.#open.splice(0).reverse()) await close();
  }

  /** Registers a resource to close at the end of the test. */
  later(close: () => Promise<void>): void {
    this.#open.push(close);
  }

  get connection() {
    return { brokers: this.#kafka!.brokers, clientId: 'spec' };
  }

  get pid(): number {
    return this.#kafka!.pid!;
  }

  restart(): Promise<void> {
    return this.#kafka!.restart!();
  }

  async topic(partitions = 4): Promise<string> {
    const topic = `topic-${this.#names++}`;
    await createTopics({ ...this.connection, topics: [topic], partitions, replicationFactor: 1 });
    return topic;
  }

  producer(): EventProducer {
    const producer = new EventProducer(this.connection);
    this.later(() => producer.disconnect());
    return producer;
  }

  /** Sends `keys` times `each` records to a topic, with increasing values per key. */
  async send(topic: string, keys: number, each: number, from = 0): Promise<void> {
    const records: OutgoingRecord[] = [];
    for (let at = from; at < from + each; at++) {
      for (let key = 0; key < keys; key++) records.push({ topic, key: `key-${key}`, headers: {}, payload: String(at) });
    }
    await this.producer().send(records);
  }

  /** A transport that has joined its group; the topics are paused before that. */
  async transport({ paused = [], ...options }: TransportWanted): Promise<KafkaTransport> {
    const transport = new KafkaTransport({ ...this.connection, groupId: `group-of-${options.topics}`, ...options });
    transport.pause(paused);
    this.later(() => transport.close());
    await new Promise<void>((joined, failed) => transport.listen((error) => (error ? failed(error) : joined())));
    return transport;
  }

  /** The committed offsets of a group, by partition of the topic. */
  async committed(topic: string, groupId = `group-of-${topic}`): Promise<bigint[]> {
    const progress = new ConsumerLag(this.connection, groupId);
    try {
      return [...(await progress.of([topic])).values()].map(({ committed }) => committed);
    } finally {
      await progress.disconnect();
    }
  }
}

/** Waits until a condition holds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}.`);
    await pause(25);
  }
}

/** The values of each key, in the order of arrival. */
export function valuesByKey(records: readonly IncomingRecord[]): Map<string, number[]> {
  const values = new Map<string, number[]>();
  for (const { key, value } of records) values.set(key!, [...(values.get(key!) ?? []), Number(value)]);
  return values;
}

/** The numbers from 0 to below n. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, at) => at);
