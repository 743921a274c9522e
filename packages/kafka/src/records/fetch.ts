import type { Aborted } from './batch-frame.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { type Message, readBatches } from './read-batches.js';
import { UnreadableBatch } from './unreadable-batch.js';

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

/** One partition's response to a fetch, in the format of kafkajs. */
export interface PartitionResponse {
  readonly topic: string;
  readonly partition: number;
  /** Of Kafka's protocol; 0: none. */
  errorCode: number;
  readonly highWatermark: string;
  readonly preferredReadReplica: number;
  /** Always empty: aborted records are already hidden. */
  readonly abortedTransactions: readonly [];
  readonly messages: readonly Message[];
  /** The reason if none of its messages could be read. */
  readonly unreadable?: UnreadableBatch;
}

/**
 * Decodes the response to a fetch of version 11; `offsetOf` returns the requested offset of a partition. Throws RangeError for a
 * malformed frame.
 */
export async function readFetch(bytes: Buffer, offsetOf: (topic: string, partition: number) => string | undefined) {
  const from = new ByteReader(bytes);
  const clientSideThrottleTime = from.int32();
  const errorCode = from.int16();
  const sessionId = from.int32();
  const read = from.array(() => {
    const topicName = from.int16Text();
    return { topicName, partitions: from.array(() => readPartition(from, topicName)) };
  });
  const responses = [];
  for (const { topicName, partitions } of read) {
    const answers: PartitionResponse[] = [];
    for (const { records, aborted, ...facts } of partitions) {
      const offset = offsetOf(topicName, facts.partition);
      if (offset === undefined)
        throw new RangeError(`The response is about ${topicName}/${facts.partition}, which was not requested.`);
      const requested = { topic: topicName, partition: facts.partition, offset };
      answers.push({ ...facts, ...(await messagesOf(requested, records, aborted)) });
    }
    responses.push({ topicName, partitions: answers });
  }
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

function readPartition(from: ByteReader, topic: string) {
  const partition = from.int32();
  const errorCode = from.int16();
  const highWatermark = String(from.int64());
  from.int64(); // The last stable offset and the log start offset are not used.
  from.int64();
  const aborted: Aborted[] = from.array(() => ({
    producerId: String(from.int64()),
    firstOffset: String(from.int64()),
  }));
  const preferredReadReplica = from.int32();
  const length = Math.max(0, from.int32());
  const start = from.at;
  from.at += length;
  if (from.at > from.bytes.length) throw new RangeError(`The answer ends within the records of ${topic}/${partition}.`);
  const records = from.bytes.subarray(start, from.at);
  const abortedTransactions = [] as const;
  return { topic, partition, errorCode, highWatermark, preferredReadReplica, abortedTransactions, aborted, records };
}

async function messagesOf(
  requested: { topic: string; partition: number; offset: string },
  records: Buffer,
  aborted: readonly Aborted[],
): Promise<Pick<PartitionResponse, 'messages' | 'unreadable'>> {
  try {
    return { messages: await readBatches(requested, records, aborted) };
  } catch (error) {
    if (!(error instanceof UnreadableBatch)) throw error;
    return { messages: [], unreadable: error };
  }
}
