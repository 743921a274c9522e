/// <reference path="./kafkajs-inside.d.ts" />
import type { Kafka } from 'kafkajs';
import protocolError from 'kafkajs/src/protocol/error.js';
import type { Definition, Protocol } from 'kafkajs/src/protocol/requests/index.js';
import protocol from 'kafkajs/src/protocol/requests/index.js';
import { type Address, addressOf, BROKERS_EXPECTED } from './addresses.js';
import { type ConnectionPool, mendConnections } from './mend-connections.js';
import { BackgroundTopics } from './records/background-topics.js';
import type { ByteWriter } from './records/bytes.js';
import { ENDS_THE_SESSION, type FetchRequest, FetchSession, writeFetch } from './records/fetch-request.js';
import { type PartitionResponse, readFetch } from './records/fetch-response.js';
import { type ProduceOptions, TextMessage, writeProduce } from './records/produce.js';

/** The requested offset of a partition; undefined if it was not requested. */
export type OffsetOf = (topic: string, partition: number) => string | undefined;

/** The metadata of a client's topics. */
export interface Metadata {
  readonly topicMetadata: readonly {
    topicErrorCode: number;
    readonly topic: string;
    partitionMetadata: readonly { partitionErrorCode: number }[];
  }[];
}

/** Inspects the brokers' responses before kafkajs, and may change them; and names the topics to fetch rarely. */
export interface Watch {
  readonly metadata: (answer: Metadata) => void;
  /** Inspects the partitions of a response: one without news has none. May throw errors that kafkajs should recover from. */
  readonly fetch?: (offsetOf: OffsetOf, answers: readonly PartitionResponse[]) => void;
  readonly background?: { readonly topics: ReadonlySet<string>; readonly intervalMs: number };
}

interface Cluster {
  readonly brokerPool: { createBroker(options: object): { lookupRequest: Lookup } };
  readonly connectionPoolBuilder: { build(to?: Partial<Address>): Promise<ConnectionPool> };
}
type CreateCluster = (options: { readonly metadataMaxAge?: number }) => Cluster;
type Lookup = (apiKey: number, definition: Definition) => ReturnType<Definition['protocol']>;

const UNCOMPRESSED = 0;
const NONE = 0;
/** kafkajs' newest version of each request, which every broker since 2.3 supports. */
const PRODUCE_VERSION = 7;
const FETCH_VERSION = 11;
/** Maximum age of the topics' metadata: added partitions are detected within this time. kafkajs: five minutes. */
const METADATA_MAX_AGE_MS = 5_000;

/**
 * Makes the producers and consumers of this client write and read record batches with our codec; the rest of the protocol stays
 * kafkajs' own, and so does every other client of the process.
 */
export function installRecordCodec(kafka: Kafka, brokers: readonly string[], watch: Watch): Kafka {
  const seeds = brokers.map(seedOf);
  const clusters = kafka as unknown as Record<symbol, CreateCluster>;
  const create = Object.getOwnPropertySymbols(kafka).find((one) => one.description === 'private:Kafka:createCluster');
  if (!create) throw new Error('This is not kafkajs 2.2.4: it creates its connections differently.');
  const theirs = clusters[create]!;
  const { Produce, Fetch, Metadata } = protocol.requests;
  const { topics = new Set<string>(), intervalMs = 0 } = watch.background ?? {};
  /** Per broker. */
  const ours = () =>
    new Map<Definition, Definition>([
      [Produce, { ...Produce, protocol: produceProtocol(Produce.protocol) }],
      [Fetch, { ...Fetch, protocol: fetchProtocol(Fetch.protocol, watch, new BackgroundTopics(topics, intervalMs)) }],
      [Metadata, { ...Metadata, protocol: metadataProtocol(Metadata.protocol, watch) }],
    ]);
  clusters[create] = (options) => {
    // An admin client requests metadata anew each time.
    const isAdmin = options.metadataMaxAge === undefined;
    const cluster = theirs(isAdmin ? options : { ...options, metadataMaxAge: METADATA_MAX_AGE_MS });
    useSeedBrokers(cluster, seeds);
    if (isAdmin) return cluster;
    const { brokerPool } = cluster;
    const createBroker = brokerPool.createBroker.bind(brokerPool);
    brokerPool.createBroker = (of) => withCodec(createBroker(of), ours());
    return cluster;
  };
  return kafka;
}

function seedOf(broker: string): Address {
  const seed = addressOf(broker);
  if (!seed) throw new Error(`${JSON.stringify(broker)} is no broker; expected ${BROKERS_EXPECTED}.`);
  return seed;
}

/** Sets the seed brokers, in order. kafkajs would cut an IPv6 address at its first colon. */
function useSeedBrokers({ connectionPoolBuilder }: Cluster, seeds: readonly Address[]): void {
  const build = connectionPoolBuilder.build.bind(connectionPoolBuilder);
  let next = 0;
  connectionPoolBuilder.build = async (to) =>
    mendConnections(await build(to?.host === undefined ? seeds[next++ % seeds.length] : to));
}

/** Installs the codec in a broker, which sets its lookup after connecting. */
function withCodec<Broker extends { lookupRequest: Lookup }>(
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

const produceProtocol =
  (theirs: Protocol): Protocol =>
  (of) =>
  (options) => {
    const theirRequest = theirs(of)(options);
    if (of.version !== PRODUCE_VERSION || !isPlain(options)) return theirRequest;
    return {
      ...theirRequest,
      request: { ...theirRequest.request, encode: async () => asEncoder(writeProduce(options)) },
    };
  };

const isPlain = ({ transactionalId, compression = UNCOMPRESSED, topicData }: ProduceOptions): boolean =>
  !transactionalId &&
  compression === UNCOMPRESSED &&
  topicData.every(({ partitions }) => partitions.every(({ messages }) => messages[0] instanceof TextMessage));

function asEncoder({ bytes, at }: ByteWriter) {
  return { buf: bytes, buffer: bytes.subarray(0, at), size: () => at };
}

const fetchProtocol =
  (theirs: Protocol, watch: Watch, background: BackgroundTopics, session = new FetchSession()): Protocol =>
  (of) =>
  (options: FetchRequest) => {
    const theirRequest = theirs(of)(options as never);
    if (of.version !== FETCH_VERSION) return theirRequest;
    const due = background.due(options);
    const request = { ...due, ...session.requestFor(due.topics) };
    const encode = async () => asEncoder(writeFetch(request));
    const decode = async (bytes: Buffer) => {
      const read = await readFetch(bytes, session.offsetOf);
      session.answered(read);
      return read;
    };
    const parse = async (read: Awaited<ReturnType<typeof decode>>) => {
      const { errorCode } = read;
      if (errorCode !== NONE && !ENDS_THE_SESSION.has(errorCode)) throw protocolError.createErrorFromCode(errorCode);
      const answers = read.responses.flatMap(({ partitions }) => partitions);
      if (watch.fetch) watch.fetch(session.offsetOf, answers);
      else for (const { unreadable } of answers) if (unreadable) throw unreadable;
      return theirRequest.response.parse(read as never);
    };
    return {
      ...theirRequest,
      request: { ...theirRequest.request, encode },
      response: { ...theirRequest.response, decode, parse },
    };
  };

const metadataProtocol =
  (theirs: Protocol, watch: Watch): Protocol =>
  (of) =>
  (options) => {
    const theirRequest = theirs(of)(options);
    const parse = async (read: never) => {
      watch.metadata(read);
      return theirRequest.response.parse(read);
    };
    return { ...theirRequest, response: { ...theirRequest.response, parse } };
  };
