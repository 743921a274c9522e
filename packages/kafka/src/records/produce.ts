import { crc32c } from './batch-frame.js';
import { ByteWriter } from './bytes.js';

/** A message for kafkajs whose key and headers are texts, and whose value is a text or bytes: recognised by its class, it is encoded by our codec. */
export class TextMessage {
  constructor(
    readonly key: string,
    readonly value: string | Buffer,
    readonly headers: Record<string, string>,
  ) {}
}

/** The parameters of kafkajs for a produce request. */
export interface ProduceOptions {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly compression?: number;
  readonly producerId: string | number;
  readonly producerEpoch: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence: number;
      readonly messages: readonly TextMessage[];
    }[];
  }[];
}

const FRAME_BYTES = 64;
/**
 * Usual size of a record in addition to its payload: mostly headers. If it is too small the buffer grows, at the cost of a copy.
 */
const USUAL_HEADER_BYTES = 600;
/** The length of a missing text. */
const NO_TRANSACTION = -1;

/** The body of a produce request of version 3 to 7, in one buffer. */
export function writeProduce(options: ProduceOptions, now = Date.now()): ByteWriter {
  const to = new ByteWriter(expectedBytes(options));
  to.int16(NO_TRANSACTION);
  to.int16(options.acks);
  to.int32(options.timeout);
  to.int32(options.topicData.length);
  for (const { topic, partitions } of options.topicData) {
    to.int16Text(topic);
    to.reserve(FRAME_BYTES);
    to.int32(partitions.length);
    for (const { partition, firstSequence, messages } of partitions) {
      to.reserve(FRAME_BYTES);
      to.int32(partition);
      const sizeAt = to.at;
      to.int32(0);
      const producerId = BigInt(options.producerId);
      writeBatch(to, messages, { producerId, producerEpoch: options.producerEpoch, firstSequence }, now);
      to.bytes.writeInt32BE(to.at - sizeAt - 4, sizeAt);
    }
  }
  return to;
}

function expectedBytes({ topicData }: ProduceOptions): number {
  let bytes = FRAME_BYTES;
  for (const { partitions } of topicData) {
    for (const { messages } of partitions) {
      bytes += 2 * FRAME_BYTES;
      for (const { value } of messages) bytes += value.length + USUAL_HEADER_BYTES;
    }
  }
  return bytes;
}

/** The producer's id and sequence, by which a broker recognises a duplicate batch. */
export interface Producing {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** Of the first record, counted per partition. */
  readonly firstSequence: number;
}

const MAGIC = 2;
const CREATE_TIME_UNCOMPRESSED = 0;
/** From the base offset to the number of records. */
const BATCH_HEADER_BYTES = 61;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
/** Maximum bytes of a record in addition to its texts. */
const RECORD_FRAME_BYTES = 32;

/**
 * Writes records of one partition as one batch, version 2, uncompressed, stamped with `now` (epoch milliseconds):
 * https://kafka.apache.org/documentation/#recordbatch. kafkajs instead creates a buffer per header of each record, which takes
 * ten times as long.
 */
export function writeBatch(to: ByteWriter, records: readonly TextMessage[], producing: Producing, now: number): void {
  to.reserve(BATCH_HEADER_BYTES);
  const start = to.at;
  to.at += BATCH_HEADER_BYTES;
  records.forEach((record, offsetDelta) => {
    writeRecord(to, record, offsetDelta);
  });
  const end = to.at;
  const time = BigInt(now);
  to.at = start;
  to.int64(0n); // The broker gives the offsets,
  to.int32(end - start - 12);
  to.int32(0); // and the leader's epoch.
  to.int8(MAGIC);
  to.int32(0); // The checksum comes last.
  to.int16(CREATE_TIME_UNCOMPRESSED);
  to.int32(records.length - 1);
  to.int64(time);
  to.int64(time);
  to.int64(producing.producerId);
  to.int16(producing.producerEpoch);
  to.int32(producing.firstSequence);
  to.int32(records.length);
  to.at = end;
  to.bytes.writeUInt32BE(crc32c(to.bytes, start + ATTRIBUTES_AT, end), start + CRC_AT);
}

/** A record's length is known after writing: it usually takes two bytes, otherwise the record is moved. */
const USUAL_LENGTH_BYTES = 2;

function writeRecord(to: ByteWriter, { key, value, headers }: TextMessage, offsetDelta: number): void {
  to.reserve(RECORD_FRAME_BYTES);
  const start = to.at;
  to.at += USUAL_LENGTH_BYTES;
  to.int8(0);
  to.int8(0); // A constant delta of 0: all records have the time of the batch.
  to.varint(offsetDelta);
  to.varintText(key);
  if (typeof value === 'string') to.varintText(value);
  else to.varintBytes(value);
  writeHeaders(to, headers);
  writeLength(to, start);
}

function writeHeaders(to: ByteWriter, headers: Readonly<Record<string, string>>): void {
  const whole = inOneByteEach(headers);
  if (whole !== undefined && to.ascii(whole)) return;
  const names = Object.keys(headers);
  to.reserve(RECORD_FRAME_BYTES);
  to.varint(names.length);
  for (const name of names) {
    to.varintText(name);
    to.varintText(headers[name]!);
  }
}

/** Lengths of one byte, as characters. */
const LENGTHS = Array.from({ length: 1 << 6 }, (_, length) => String.fromCharCode(length << 1));

/** Encodes short ASCII headers as one text, which is written in a single call instead of twenty. */
function inOneByteEach(headers: Readonly<Record<string, string>>): string | undefined {
  let whole = '';
  let count = 0;
  for (const name in headers) {
    const value = headers[name]!;
    if (name.length >= LENGTHS.length || value.length >= LENGTHS.length) return undefined;
    whole += LENGTHS[name.length]! + name + LENGTHS[value.length] + value;
    count++;
  }
  return count < LENGTHS.length ? LENGTHS[count] + whole : undefined;
}

function writeLength(to: ByteWriter, start: number): void {
  const body = start + USUAL_LENGTH_BYTES;
  const length = to.at - body;
  const lengthBytes = length < 1 << 6 ? 1 : length < 1 << 13 ? 2 : length < 1 << 20 ? 3 : length < 1 << 27 ? 4 : 5;
  if (lengthBytes !== USUAL_LENGTH_BYTES) {
    to.reserve(lengthBytes);
    to.bytes.copyWithin(start + lengthBytes, body, to.at);
  }
  to.at = start;
  to.varint(length);
  to.at += length;
}
