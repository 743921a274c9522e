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

/** An aborted transaction: its producer and its first offset. */
export interface Aborted {
  readonly producerId: string;
  readonly firstOffset: string;
}

const TYPE_IN_KEY_AT = 2;
const ABORT = 0;
/** From the start of a marker's record to its key: length, attributes, two deltas, and the length of the key, one byte each. */
const KEY_IN_MARKER_AT = 5;

/**
 * Hides batches that must not be consumed: transaction markers, and records of aborted transactions. A producer's batches are
 * hidden from the first offset of an aborted transaction until its marker is read. (kafkajs removes only one transaction per
 * record from the list, so that of two that began before the requested offset, the second is consumed.)
 */
export class Transactions {
  readonly #coming: { readonly producerId: string; readonly firstOffset: bigint }[];
  readonly #aborted = new Set<string>();

  constructor(aborted: readonly Aborted[]) {
    this.#coming = aborted
      .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
      .sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  }

  /** Must be called in the order of offsets. */
  isHidden(batch: BatchFrame, bytes: Buffer): boolean {
    while (this.#coming[0] && this.#coming[0].firstOffset <= batch.lastOffset) {
      this.#aborted.add(this.#coming.shift()!.producerId);
    }
    if (batch.isControl) {
      const isAbort = bytes.readInt16BE(batch.start + KEY_IN_MARKER_AT + TYPE_IN_KEY_AT) === ABORT;
      if (isAbort) this.#aborted.delete(batch.producerId);
      return true;
    }
    return batch.inTransaction && this.#aborted.has(batch.producerId);
  }
}

const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

type Tables = [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];

/** Slice n has, for each byte, its checksum followed by n zero bytes, so that eight bytes are processed at a time. */
const [T0, T1, T2, T3, T4, T5, T6, T7] = makeTables() as unknown as Tables;

function makeTables(): Int32Array[] {
  const tables = Array.from({ length: SLICES }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[0]![byte] = crc;
  }
  for (let slice = 1; slice < SLICES; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = tables[slice - 1]![byte]!;
      tables[slice]![byte] = (before >>> 8) ^ tables[0]![before & 0xff]!;
    }
  }
  return tables;
}

/** CRC-32C (Castagnoli) of the bytes from `from` to before `to`, unsigned: the checksum of a batch of records in Kafka. */
export function crc32c(bytes: Uint8Array, from: number, to: number): number {
  let crc = -1;
  let at = from;
  for (; at + SLICES <= to; at += SLICES) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      T7[crc & 0xff]! ^
      T6[(crc >>> 8) & 0xff]! ^
      T5[(crc >>> 16) & 0xff]! ^
      T4[crc >>> 24]! ^
      T3[bytes[at + 4]!]! ^
      T2[bytes[at + 5]!]! ^
      T1[bytes[at + 6]!]! ^
      T0[bytes[at + 7]!]!;
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ T0[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}
