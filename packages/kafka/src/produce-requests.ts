import { UnencodableValue } from '@quadrille/choreography';
import type { ICustomPartitioner, ProducerBatch } from 'kafkajs';
import { MAX_MESSAGE_BYTES, type OutgoingRecord, type WireRecord } from './record.js';
import { TextMessage } from './records/produce.js';
import { UnencodedTopic } from './unsendable.js';
import type { WireCodec } from './wire-codec.js';

/** Maximum records per produce request: a rejected record is found by halving. */
export const MAX_RECORDS_PER_SEND = 1_000;

/** Framing of one record and of each header: lengths, offset and timestamp deltas. */
const RECORD_OVERHEAD_BYTES = 32;
const HEADER_OVERHEAD_BYTES = 4;

/** Per character in UTF-8: a pair of surrogates takes four bytes, and counts as two. */
const MOST_BYTES_A_CHARACTER = 3;

/** The approximate size of a record on the wire, in bytes; an upper bound. */
export function sizeOf(record: WireRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + Buffer.byteLength(record.payload) + Buffer.byteLength(record.key);
  for (const [name, value] of Object.entries(record.headers)) {
    bytes += HEADER_OVERHEAD_BYTES + Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  return bytes;
}

/** Like {@link sizeOf}, faster and larger: only the payload is counted exactly. */
export function sizeAtMost({ key, headers, payload }: WireRecord): number {
  let characters = key.length;
  let bytes = RECORD_OVERHEAD_BYTES + Buffer.byteLength(payload);
  for (const name in headers) {
    characters += name.length + headers[name]!.length;
    bytes += HEADER_OVERHEAD_BYTES;
  }
  return bytes + MOST_BYTES_A_CHARACTER * characters;
}

/** A range of records in one request: the index of its first, and the index after its last. */
export type Run = readonly [from: number, to: number];

/** Splits records, in order, into requests with at most this many records and bytes. A record that is too large is alone. */
export function splitIntoRequests(
  sizes: readonly number[],
  maxRecords = MAX_RECORDS_PER_SEND,
  maxBytes = MAX_MESSAGE_BYTES,
): Run[] {
  const runs: Run[] = [];
  let from = 0;
  let bytes = 0;
  sizes.forEach((size, at) => {
    if (at > from && (at - from === maxRecords || bytes + size > maxBytes)) {
      runs.push([from, at]);
      from = at;
      bytes = 0;
    }
    bytes += size;
  });
  if (from < sizes.length) runs.push([from, sizes.length]);
  return runs;
}

type ByPartition = Record<string, TextMessage[]>;

/**
 * The messages of one topic in a send. kafkajs groups them by partition in one `reduce`, and copies its result for every further
 * message, in quadratic time. Here each is grouped alone, and then appended.
 */
export class TopicMessages extends Array<TextMessage> {
  // kafkajs has no types here, and only this use.
  override reduce(group: (none: any, message: TextMessage, ...rest: any[]) => any, grouped: any = {}): any {
    const all = grouped as ByPartition;
    for (const message of this) {
      const one = group({}, message) as ByPartition;
      for (const partition in one) {
        const before = all[partition];
        if (before) before.push(message);
        else all[partition] = [message];
      }
    }
    return all;
  }
}

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** The 32-bit MurmurHash2 of Kafka's default partitioner; signed, as in Java. */
export function murmur2(data: Uint8Array): number {
  const length = data.length;
  const rest = length & ~3;
  let h = SEED ^ length;
  for (let i = 0; i < rest; i += 4) {
    let k = data[i]! | (data[i + 1]! << 8) | (data[i + 2]! << 16) | (data[i + 3]! << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    h = Math.imul(h, M) ^ Math.imul(k, M);
  }
  if (length > rest) {
    if (length - rest > 2) h ^= data[rest + 2]! << 16;
    if (length - rest > 1) h ^= data[rest + 1]! << 8;
    h = Math.imul(h ^ data[rest]!, M);
  }
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}

/**
 * The partition of a key, as in Kafka's Java client: the same key has the same partition number in all topics with as many
 * partitions, from any client.
 */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;

/** Every producer of ours sends a key to the partition of Kafka's default partitioner. */
export const byKey: ICustomPartitioner =
  () =>
  ({ partitionMetadata, message }) =>
    partitionOf(String(message.key), partitionMetadata.length);

/** These records as kafkajs takes them. */
export function byTopic(
  records: readonly WireRecord[],
  indexes: readonly number[],
): NonNullable<ProducerBatch['topicMessages']> {
  const topics = new Map<string, TopicMessages>();
  for (const at of indexes) {
    const { topic, key, headers, payload } = records[at]!;
    const message = new TextMessage(key, payload, headers);
    const messages = topics.get(topic);
    if (messages) messages.push(message);
    else topics.set(topic, TopicMessages.of(message) as TopicMessages);
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}

/** The indexes of each topic. */
export function byTopicOf(records: readonly WireRecord[], indexes: readonly number[]): number[][] {
  const topics = new Set(indexes.map((at) => records[at]!.topic));
  return [...topics].map((topic) => indexes.filter((at) => records[at]!.topic === topic));
}

/** The indexes from one to before another. */
export const upTo = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

/** Receives the records that cannot be encoded. */
interface Unencoded {
  never(index: number, cause: unknown): void;
  refused(topic: string, indexes: readonly number[], cause: unknown): void;
}

/**
 * The records as they are sent. One that does not fit its schema is never sent; after any other error its topic waits, so that the
 * records of a key stay in order.
 */
export async function encodedBy(
  codec: WireCodec,
  records: readonly OutgoingRecord[],
  unsent: Unencoded,
): Promise<readonly WireRecord[]> {
  const encoded: WireRecord[] = [];
  for (const [at, record] of records.entries()) {
    try {
      encoded.push(await codec.toWire(record));
    } catch (error) {
      encoded.push(record);
      if (error instanceof UnencodableValue) unsent.never(at, error);
      else unsent.refused(record.topic, [at], new UnencodedTopic(record.topic, error));
    }
  }
  return encoded;
}
