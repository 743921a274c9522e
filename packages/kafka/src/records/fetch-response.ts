import { type Aborted, type BatchFrame, formatAt, frameAt, Transactions } from './batch-frame.js';
import { ByteReader } from './bytes.js';
import { type BatchContext, FetchedRecord, Marker, UnreadableRecord } from './fetched-record.js';
import { flawOf } from './read-headers.js';
import { type OldMessage, readMessageSet } from './read-message-set.js';
import { unpack } from './unpack.js';
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

/** The responding partition, and the requested offset. */
export interface PartitionRequest {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** The entries of a partition's response, in the order of offsets. */
export type Message = FetchedRecord | Marker | OldMessage;

/**
 * Decodes one partition's response to a fetch: batches, of which the last may be truncated. Entries that are no records
 * (transaction markers, records of aborted transactions, offsets removed by compaction) become a {@link Marker}, so that
 * consumers do not wait for them. Ends before an unreadable batch; rejects with {@link UnreadableBatch} if that is the first,
 * also if the bytes contain no complete batch.
 */
export async function readBatches(
  requested: PartitionRequest,
  bytes: Buffer,
  aborted: readonly Aborted[] = [],
): Promise<Message[]> {
  const messages: Message[] = [];
  const transactions = new Transactions(aborted);
  let at = 0;
  let begin = requested.offset;
  let next: string | undefined;
  try {
    while (at < bytes.length) {
      const format = formatAt(bytes, at);
      if (format === undefined) break;
      if (format !== 2) {
        messages.push(...(await readMessageSet(bytes.subarray(at), format)));
        break;
      }
      const frame = frameAt(bytes, at);
      if (frame === 'cut') break;
      if (frame.offset < Number(begin) && at > 0) throw new RangeError(`goes back to offset ${frame.offset}`);
      begin = String(frame.offset);
      next = String(frame.lastOffset + 1);
      messages.push(...(transactions.isHidden(frame, bytes) ? [] : await recordsOf(requested, frame, bytes)));
      if (Number(messages.at(-1)?.offset ?? -1) < frame.lastOffset) messages.push(new Marker(frame.lastOffset));
      [begin, next] = [next, undefined];
      at = frame.end;
    }
    if (messages.length === 0 && bytes.length > 0) throw new RangeError(`is cut off after ${bytes.length} bytes`);
    return messages;
  } catch (error) {
    // The entries before it are processed first; the next request from there rejects.
    if (Number(messages.at(-1)?.offset ?? -1) >= Number(requested.offset)) return messages;
    throw new UnreadableBatch(requested.topic, requested.partition, begin, reasonOf(error), { cause: error }, next);
  }
}

async function recordsOf(
  { topic, partition }: PartitionRequest,
  frame: BatchFrame,
  bytes: Buffer,
): Promise<FetchedRecord[]> {
  const context = { topic, partition };
  if (frame.codec === 0) return readRecords(context, frame, bytes, frame.start, frame.end);
  const unpacked = await unpack(frame.codec, bytes.subarray(frame.start, frame.end));
  return readRecords(context, frame, unpacked, 0, unpacked.length);
}

const reasonOf = (error: unknown): string =>
  error instanceof RangeError ? error.message : `cannot be read (${error instanceof Error ? error.message : error})`;

/**
 * Reads the records of a batch, between `start` and `end` of these bytes. Lengths are validated once, so that a later access to a
 * record stays within it. A malformed record becomes an {@link UnreadableRecord}; if its end is unknown, it includes the rest of
 * the batch.
 */
function readRecords(
  context: BatchContext,
  { offset, lastOffset, time, stampedByBroker, count }: BatchFrame,
  bytes: Buffer,
  start: number,
  end: number,
): FetchedRecord[] {
  const records: FetchedRecord[] = [];
  const from = new ByteReader(bytes, start);
  let position = offset - 1;
  let began = start;
  try {
    for (let left = count; left > 0; left--) {
      began = from.at;
      const next = from.varint() + from.at;
      if (!(next > from.at && next <= end)) throw new RangeError(`a record reaches from ${began} to ${next} of ${end}`);
      from.at++; // No attributes are in use.
      const timeDelta = from.varint();
      const at = offset + from.varint();
      if (!(at > position && at <= lastOffset)) throw new RangeError(`offset ${at} follows ${position}`);
      position = at;
      const body = from.at;
      const flaw = flawOf(from, next);
      const timestamp = stampedByBroker ? time : time + timeDelta;
      records.push(
        flaw === undefined
          ? new FetchedRecord(context, bytes, body, next, at, timestamp)
          : new UnreadableRecord(context, bytes, began, next, at, timestamp, flaw),
      );
      from.at = next;
    }
    began = from.at;
    if (began !== end) throw new RangeError(`its records end at ${began} of ${end}`);
  } catch (error) {
    const flaw = `the rest of its batch is malformed (${(error as Error).message})`;
    // The position must stay within the offsets of the batch.
    const at = Math.min(position + 1, lastOffset);
    records.push(new UnreadableRecord(context, bytes, began, end, at, time, flaw));
  }
  return records;
}
