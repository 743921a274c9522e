import { ByteWriter } from './byte-writer.js';

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
