import { type Aborted, Transactions } from './aborted.js';
import { type BatchFrame, formatAt, frameAt } from './batch-frame.js';
import { type FetchedRecord, Marker } from './fetched-record.js';
import { type OldMessage, readMessageSet } from './read-message-set.js';
import { readRecords } from './read-records.js';
import { unpack } from './unpack.js';
import { UnreadableBatch } from './unreadable-batch.js';

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
