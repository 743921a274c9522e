import { crc32c } from './crc32c.js';

/** Base offset, and the length of the rest. */
const PREFIX_BYTES = 12;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_DELTA_AT = 23;
const FIRST_TIME_AT = 27;
const LAST_TIME_AT = 35;
const PRODUCER_AT = 43;
const COUNT_AT = 57;
const RECORDS_AT = 61;

const COMPRESSED = 0x07;
const STAMPED_BY_BROKER = 0x08;
const IN_TRANSACTION = 0x10;
const CONTROL = 0x20;

/** The header of a batch: https://kafka.apache.org/documentation/#recordbatch. */
export interface BatchFrame {
  readonly offset: number;
  readonly lastOffset: number;
  /** Of its first record; if the broker stamps, of all. Epoch milliseconds. */
  readonly time: number;
  readonly stampedByBroker: boolean;
  readonly producerId: string;
  readonly inTransaction: boolean;
  readonly isControl: boolean;
  /** The number of a codec; 0: none. */
  readonly codec: number;
  readonly count: number;
  /** The start of its records, and its end. */
  readonly start: number;
  readonly end: number;
}

/** The format at this position: 2 for batches, less for messages before 2017. Undefined if the bytes end before it. */
export const formatAt = (bytes: Buffer, at: number): number | undefined => bytes[at + MAGIC_AT];

/** The batch of format 2 at this position, with a verified checksum; 'cut' if the bytes end within it. Throws RangeError. */
export function frameAt(bytes: Buffer, at: number): BatchFrame | 'cut' {
  const length = bytes.readInt32BE(at + PREFIX_BYTES - 4);
  if (length < RECORDS_AT - PREFIX_BYTES) throw new RangeError(`has a length of ${length} bytes`);
  const end = at + PREFIX_BYTES + length;
  if (end > bytes.length) return 'cut';
  const crc = crc32c(bytes, at + ATTRIBUTES_AT, end);
  if (crc !== bytes.readUInt32BE(at + CRC_AT)) throw new RangeError('does not fit its checksum');
  const attributes = bytes.readInt16BE(at + ATTRIBUTES_AT);
  const stampedByBroker = (attributes & STAMPED_BY_BROKER) !== 0;
  const offset = Number(bytes.readBigInt64BE(at));
  const lastOffset = offset + bytes.readInt32BE(at + LAST_DELTA_AT);
  if (offset < 0 || lastOffset < offset || !Number.isSafeInteger(lastOffset)) {
    throw new RangeError(`has offsets from ${offset} to ${lastOffset}`);
  }
  return {
    offset,
    lastOffset,
    time: Number(bytes.readBigInt64BE(at + (stampedByBroker ? LAST_TIME_AT : FIRST_TIME_AT))),
    stampedByBroker,
    producerId: String(bytes.readBigInt64BE(at + PRODUCER_AT)),
    inTransaction: (attributes & IN_TRANSACTION) !== 0,
    isControl: (attributes & CONTROL) !== 0,
    codec: attributes & COMPRESSED,
    count: bytes.readInt32BE(at + COUNT_AT),
    start: at + RECORDS_AT,
    end,
  };
}
