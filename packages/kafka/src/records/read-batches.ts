import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import kafkajs from 'kafkajs';
import { type Aborted, type BatchFrame, formatAt, frameAt, Transactions } from './batch-frame.js';
import { ByteReader } from './bytes.js';
import { type BatchContext, FetchedRecord, Marker, UnreadableRecord } from './fetched-record.js';
import { type OldMessage, readMessageSet } from './read-message-set.js';
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

const BEYOND = 'its headers do not end where it ends';

/**
 * Returns the flaw of a record whose key begins here and whose headers should end at `end`; undefined if it is valid. Allocates
 * no text.
 */
function flawOf(from: ByteReader, end: number): string | undefined {
  try {
    from.skip(from.varint());
    from.skip(from.varint());
    let left = from.varint();
    for (; left > 0 && from.at < end; left--) {
      const name = from.varint();
      if (name < 0) return 'a header has no name';
      from.at += name;
      from.skip(from.varint());
    }
    return left === 0 && from.at === end ? undefined : BEYOND;
  } catch {
    return BEYOND;
  }
}

const GZIP = 1;
const NAMES = ['no codec', 'GZIP', 'Snappy', 'LZ4', 'ZSTD'];
/** Far above the maximum of a broker for one batch; larger output is an attack on our memory. */
const MOST_BYTES = 64 * 1_048_576;

/** Other code of the process may have registered codecs. */
const codecs: Readonly<Record<number, () => { decompress(packed: Buffer): Promise<Buffer> }>> =
  kafkajs.CompressionCodecs;

const unzip = promisify(gunzip);

/**
 * Decompresses the records of a batch. Supports GZIP, and the codecs that the process has registered in kafkajs. Rejects
 * otherwise.
 */
export async function unpack(codec: number, packed: Buffer, maxOutputLength = MOST_BYTES): Promise<Buffer> {
  if (codec === GZIP) return unzip(packed, { maxOutputLength });
  const name = NAMES[codec] ?? `codec ${codec}`;
  try {
    return await codecs[codec]!().decompress(packed);
  } catch (cause) {
    throw new RangeError(`is packed with ${name}, which could not be unpacked`, { cause });
  }
}
