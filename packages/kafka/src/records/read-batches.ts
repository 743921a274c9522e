import { ByteReader } from './byte-reader.js';
import { type BatchContext, FetchedRecord } from './fetched-record.js';

/** Base offset, and the length of what follows it. */
const PREFIX_BYTES = 12;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;
const FIRST_TIME_AT = 27;
const LAST_TIME_AT = 35;
const PRODUCER_AT = 43;
const COUNT_AT = 57;
const RECORDS_AT = 61;

const COMPRESSED = 0x07;
const STAMPED_BY_BROKER = 0x08;
const IN_TRANSACTION = 0x10;
const CONTROL = 0x20;

/**
 * The records of one partition in the answer to a fetch: record batches, of which the last may be cut off. Undefined when there is
 * something in it that is rare enough to leave to kafkajs: compressed batches, marks of transactions, formats before 2017.
 */
export function readBatches(topic: string, partition: number, bytes: Buffer): FetchedRecord[] | undefined {
  const records: FetchedRecord[] = [];
  for (let at = 0; at + RECORDS_AT <= bytes.length; ) {
    const end = at + PREFIX_BYTES + bytes.readInt32BE(at + 8);
    const attributes = bytes.readInt16BE(at + ATTRIBUTES_AT);
    if (bytes[at + MAGIC_AT] !== 2 || attributes & (COMPRESSED | CONTROL)) return undefined;
    if (end > bytes.length) break;
    readBatch(topic, partition, bytes, at, attributes, records);
    at = end;
  }
  return records;
}

function readBatch(
  topic: string,
  partition: number,
  bytes: Buffer,
  batch: number,
  attributes: number,
  to: FetchedRecord[],
): void {
  const context: BatchContext = {
    topic,
    partition,
    producerId: String(bytes.readBigInt64BE(batch + PRODUCER_AT)),
    inTransaction: (attributes & IN_TRANSACTION) !== 0,
  };
  const stamped = (attributes & STAMPED_BY_BROKER) !== 0;
  const offset = Number(bytes.readBigInt64BE(batch));
  const time = Number(bytes.readBigInt64BE(batch + (stamped ? LAST_TIME_AT : FIRST_TIME_AT)));
  const from = new ByteReader(bytes, batch + RECORDS_AT);
  for (let left = bytes.readInt32BE(batch + COUNT_AT); left > 0; left--) {
    const length = from.varint();
    const next = from.at + length;
    from.at++; // No attributes are in use.
    const timeDelta = from.varint();
    const offsetDelta = from.varint();
    to.push(new FetchedRecord(context, bytes, from.at, next, offset + offsetDelta, stamped ? time : time + timeDelta));
    from.at = next;
  }
}
