import { ByteWriter } from './bytes.js';

/** A partition to read: its offset, and the maximum bytes in a response. */
export interface PartitionWanted {
  readonly partition: number;
  /** A 64-bit number. */
  readonly fetchOffset: string;
  readonly maxBytes: number;
}

/** The parameters of a fetch. */
export interface FetchRequest {
  /** Maximum milliseconds that the broker waits for `minBytes`. */
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
  readonly rackId: string;
  readonly sessionId: number;
  readonly sessionEpoch: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly PartitionWanted[] }[];
  /** Partitions to remove from the session. */
  readonly forgottenTopics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
}

const FRAME_BYTES = 64;
const PARTITION_BYTES = 28;
const NAME_BYTES = 64;
/** Not from a replica. */
const FROM_A_CONSUMER = -1;
/** kafkajs does not track leader epochs, so brokers do not check them. */
const UNKNOWN_EPOCH = -1;
/** Only replicas have one. */
const NO_START_OFFSET = -1n;

/** The body of a fetch request of version 11, in one buffer. */
export function writeFetch(request: FetchRequest): ByteWriter {
  const to = new ByteWriter(FRAME_BYTES + request.topics.length * (NAME_BYTES + PARTITION_BYTES));
  to.reserve(FRAME_BYTES);
  to.int32(FROM_A_CONSUMER);
  to.int32(request.maxWaitTime);
  to.int32(request.minBytes);
  to.int32(request.maxBytes);
  to.int8(request.isolationLevel);
  to.int32(request.sessionId);
  to.int32(request.sessionEpoch);
  writeTopics(to, request.topics, PARTITION_BYTES, ({ partition, fetchOffset, maxBytes }) => {
    to.int32(partition);
    to.int32(UNKNOWN_EPOCH);
    to.int64(BigInt(fetchOffset));
    to.int64(NO_START_OFFSET);
    to.int32(maxBytes);
  });
  writeTopics(to, request.forgottenTopics, 4, (partition) => to.int32(partition));
  to.int16Text(request.rackId);
  return to;
}

function writeTopics<Partition>(
  to: ByteWriter,
  topics: readonly { readonly topic: string; readonly partitions: readonly Partition[] }[],
  partitionBytes: number,
  write: (partition: Partition) => void,
): void {
  to.reserve(4);
  to.int32(topics.length);
  for (const { topic, partitions } of topics) {
    to.int16Text(topic);
    to.reserve(4 + partitions.length * partitionBytes);
    to.int32(partitions.length);
    for (const partition of partitions) write(partition);
  }
}

/** The part of a fetch request that depends on the state of the session. */
type PartitionRequest = Pick<FetchRequest, 'sessionId' | 'sessionEpoch' | 'topics' | 'forgottenTopics'>;

const NO_SESSION = 0;
/** Requests a new session, and closes the given one. */
const FIRST_EPOCH = 0;
const LAST_EPOCH = 2 ** 31 - 1;

const NONE = 0;
const FETCH_SESSION_ID_NOT_FOUND = 70;
const INVALID_FETCH_SESSION_EPOCH = 71;

/** Errors of a whole response after which a new session is sufficient. */
export const ENDS_THE_SESSION: ReadonlySet<number> = new Set([FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH]);

/**
 * The state of our fetches at one broker (KIP-227): a request contains only partitions that are new, at another offset or removed
 * since the last one, and a response only those with data or errors. One request at a time. After a lost response, or if the
 * broker has evicted or refused the session, the next request contains all partitions and requests a new session.
 */
export class FetchSession {
  #id = NO_SESSION;
  #epoch = FIRST_EPOCH;
  #isAnswered = true;
  /** The partitions of the session at the broker, by topic and number. */
  #known = new Map<string, Map<number, PartitionWanted>>();

  /** Returns the request that makes the broker read exactly these partitions. */
  requestFor(wanted: FetchRequest['topics']): PartitionRequest {
    if (!this.#isAnswered) this.#epoch = FIRST_EPOCH;
    this.#isAnswered = false;
    const before = this.#known;
    this.#known = byTopic(wanted);
    const [sessionId, sessionEpoch] = [this.#id, this.#epoch];
    if (sessionEpoch === FIRST_EPOCH) return { sessionId, sessionEpoch, topics: wanted, forgottenTopics: [] };
    const topics = partitionsOf(this.#known, (topic, one) => !isSame(before.get(topic)?.get(one.partition), one));
    const gone = partitionsOf(before, (topic, one) => !this.#known.get(topic)?.has(one.partition));
    const forgottenTopics = gone.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => partition),
    }));
    return { sessionId, sessionEpoch, topics, forgottenTopics };
  }

  /** Handles a complete response. If it has no session, the broker has no room for one, and the next request requests one again. */
  answered({ errorCode, sessionId }: { readonly errorCode: number; readonly sessionId: number }): void {
    this.#isAnswered = true;
    if (errorCode === NONE && sessionId !== NO_SESSION) {
      this.#id = sessionId;
      this.#epoch = epochAfter(this.#epoch);
      return;
    }
    this.#epoch = FIRST_EPOCH;
    if (errorCode === NONE || errorCode === FETCH_SESSION_ID_NOT_FOUND) this.#id = NO_SESSION;
  }

  /** The last requested offset of a partition; undefined if it was not requested. */
  readonly offsetOf = (topic: string, partition: number): string | undefined =>
    this.#known.get(topic)?.get(partition)?.fetchOffset;
}

/** 0 is reserved for a new session. */
export const epochAfter = (epoch: number): number => (epoch % LAST_EPOCH) + 1;

/** A topic may occur more than once. */
function byTopic(wanted: FetchRequest['topics']): Map<string, Map<number, PartitionWanted>> {
  const topics = new Map<string, Map<number, PartitionWanted>>();
  for (const { topic, partitions } of wanted) {
    const ofTopic = topics.get(topic) ?? new Map<number, PartitionWanted>();
    topics.set(topic, ofTopic);
    for (const one of partitions) ofTopic.set(one.partition, one);
  }
  return topics;
}

function partitionsOf(
  topics: ReadonlyMap<string, ReadonlyMap<number, PartitionWanted>>,
  isMeant: (topic: string, one: PartitionWanted) => boolean,
): { topic: string; partitions: PartitionWanted[] }[] {
  const meant = [];
  for (const [topic, ofTopic] of topics) {
    const partitions = [...ofTopic.values()].filter((one) => isMeant(topic, one));
    if (partitions.length > 0) meant.push({ topic, partitions });
  }
  return meant;
}

const isSame = (before: PartitionWanted | undefined, now: PartitionWanted): boolean =>
  before?.fetchOffset === now.fetchOffset && before.maxBytes === now.maxBytes;
