import type { Aborted } from './aborted.js';
import { ByteReader } from './byte-reader.js';
import { type Message, readBatches } from './read-batches.js';
import { UnreadableBatch } from './unreadable-batch.js';

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
