/// <reference path="./kafkajs-inside.d.ts" />
import type { Kafka } from 'kafkajs';
import protocol, { type Definition, type Protocol } from 'kafkajs/src/protocol/requests/index.js';
import { type Address, addressOf, BROKERS_EXPECTED } from './addresses.js';
import { PlainMessage } from './records/plain-message.js';
import { type PartitionAnswer, readFetch } from './records/read-fetch.js';
import { type ProduceOptions, writeProduce } from './records/write-produce.js';

/** What a fetch asks for. */
export interface FetchOptions {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string }[];
  }[];
}

/** What a client knows of the topics it was told to know. */
export interface Metadata {
  readonly topicMetadata: readonly {
    topicErrorCode: number;
    readonly topic: string;
    partitionMetadata: readonly { partitionErrorCode: number }[];
  }[];
}

/** Looks at what brokers answer before kafkajs does, and may change it. */
export interface Watch {
  readonly metadata: (answer: Metadata) => void;
  /** May throw what kafkajs should recover from. */
  readonly fetch?: (asked: FetchOptions, answers: readonly PartitionAnswer[]) => void;
}

interface Cluster {
  readonly brokerPool: { createBroker(options: object): { lookupRequest: Lookup } };
  readonly connectionPoolBuilder: { build(to?: Partial<Address>): Promise<unknown> };
}
type CreateCluster = (options: { readonly metadataMaxAge?: number }) => Cluster;
type Lookup = (apiKey: number, definition: Definition) => ReturnType<Definition['protocol']>;

const UNCOMPRESSED = 0;
/** kafkajs' newest version of each request, which every broker since 2.3 knows. */
const PRODUCE_VERSION = 7;
const FETCH_VERSION = 11;
/** So long a client goes on with what it knows of its topics: partitions that were added are noticed within this time. kafkajs: five minutes. */
const METADATA_MAX_AGE_MS = 5_000;

/**
 * Lets the producers and consumers of this client write and read record batches our way; everything else of the protocol stays
 * kafkajs' own, and so does every other client of the process.
 */
export function speakOurWay(kafka: Kafka, brokers: readonly string[], watch: Watch): Kafka {
  const seeds = brokers.map(seedOf);
  const clusters = kafka as unknown as Record<symbol, CreateCluster>;
  const create = Object.getOwnPropertySymbols(kafka).find((one) => one.description === 'private:Kafka:createCluster');
  if (!create) throw new Error('This is not kafkajs 2.2.4: it makes its connections in another way.');
  const theirs = clusters[create]!;
  const { Produce, Fetch, Metadata } = protocol.requests;
  const ours = new Map<Definition, Definition>([
    [Produce, { ...Produce, protocol: producing(Produce.protocol) }],
    [Fetch, { ...Fetch, protocol: fetching(Fetch.protocol, watch) }],
    [Metadata, { ...Metadata, protocol: knowing(Metadata.protocol, watch) }],
  ]);
  clusters[create] = (options) => {
    // An admin asks anew each time.
    const isAdmin = options.metadataMaxAge === undefined;
    const cluster = theirs(isAdmin ? options : { ...options, metadataMaxAge: METADATA_MAX_AGE_MS });
    goTo(cluster, seeds);
    if (isAdmin) return cluster;
    const { brokerPool } = cluster;
    const createBroker = brokerPool.createBroker.bind(brokerPool);
    brokerPool.createBroker = (of) => speaking(createBroker(of), ours);
    return cluster;
  };
  return kafka;
}

function seedOf(broker: string): Address {
  const seed = addressOf(broker);
  if (!seed) throw new Error(`${JSON.stringify(broker)} is no broker; expected ${BROKERS_EXPECTED}.`);
  return seed;
}

/** The brokers to begin with, one after the other. kafkajs would cut an IPv6 address at its first colon. */
function goTo({ connectionPoolBuilder }: Cluster, seeds: readonly Address[]): void {
  const build = connectionPoolBuilder.build.bind(connectionPoolBuilder);
  let next = 0;
  connectionPoolBuilder.build = (to) => build(to?.host === undefined ? seeds[next++ % seeds.length] : to);
}

/** A broker sets its lookup when it has connected. */
function speaking<Broker extends { lookupRequest: Lookup }>(
  broker: Broker,
  ours: ReadonlyMap<Definition, Definition>,
): Broker {
  let theirs = broker.lookupRequest;
  const lookup: Lookup = (apiKey, definition) => theirs(apiKey, ours.get(definition) ?? definition);
  return Object.defineProperty(broker, 'lookupRequest', {
    get: () => lookup,
    set: (connected: Lookup) => {
      theirs = connected;
    },
  });
}

const producing =
  (theirs: Protocol): Protocol =>
  (of) =>
  (options) => {
    const asked = theirs(of)(options);
    if (of.version !== PRODUCE_VERSION || !isPlain(options)) return asked;
    return { ...asked, request: { ...asked.request, encode: async () => asEncoder(options) } };
  };

const isPlain = ({ transactionalId, compression = UNCOMPRESSED, topicData }: ProduceOptions): boolean =>
  !transactionalId &&
  compression === UNCOMPRESSED &&
  topicData.every(({ partitions }) => partitions.every(({ messages }) => messages[0] instanceof PlainMessage));

function asEncoder(options: ProduceOptions) {
  const { bytes, at } = writeProduce(options);
  return { buf: bytes, buffer: bytes.subarray(0, at), size: () => at };
}

const fetching =
  (theirs: Protocol, watch: Watch): Protocol =>
  (of) =>
  (options: FetchOptions) => {
    const asked = theirs(of)(options as never);
    if (of.version !== FETCH_VERSION) return asked;
    const decode = (bytes: Buffer) => readFetch(bytes, (topic, partition) => offsetIn(options, topic, partition));
    const parse = async (read: Awaited<ReturnType<typeof decode>>) => {
      const answers = read.responses.flatMap(({ partitions }) => partitions);
      if (watch.fetch) watch.fetch(options, answers);
      else for (const { unreadable } of answers) if (unreadable) throw unreadable;
      return asked.response.parse(read as never);
    };
    return { ...asked, response: { ...asked.response, decode, parse } };
  };

function offsetIn({ topics }: FetchOptions, topic: string, partition: number): string {
  for (const one of topics) {
    if (one.topic !== topic) continue;
    for (const asked of one.partitions) if (asked.partition === partition) return asked.fetchOffset;
  }
  throw new RangeError(`The answer is about ${topic}/${partition}, which nobody asked for.`);
}

const knowing =
  (theirs: Protocol, watch: Watch): Protocol =>
  (of) =>
  (options) => {
    const asked = theirs(of)(options);
    const parse = async (read: never) => {
      watch.metadata(read);
      return asked.response.parse(read);
    };
    return { ...asked, response: { ...asked.response, parse } };
  };
