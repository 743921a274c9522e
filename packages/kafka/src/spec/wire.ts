/// <reference path="../kafkajs-inside.d.ts" />
import { crc32, gzipSync } from 'node:zlib';
import theirCrc32c from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';

// Encodes any data that producers may send and brokers may store, byte by byte:
// https://kafka.apache.org/documentation/#messageformat.

export type Bytes = Uint8Array | null;

export interface WireRecord {
  readonly key: Bytes;
  readonly value: Bytes;
  readonly headers: readonly (readonly [name: string, value: Bytes])[];
  /** Since the first of the batch, in milliseconds. */
  readonly timeDelta: number;
  /** Number of offsets that compaction removed before it. */
  readonly gap: number;
}

export interface WireBatch {
  readonly records: readonly WireRecord[];
  readonly offset: number;
  readonly time: number;
  readonly codec?: 0 | 1 | 2 | 3 | 4;
  readonly stampedByBroker?: boolean;
  readonly inTransaction?: boolean;
  readonly producerId?: number;
  /** Number of offsets that compaction removed behind its last record. */
  readonly gap?: number;
  /** A transaction marker. */
  readonly ends?: 'abort' | 'commit';
}

const int = (bytes: 1 | 2 | 4 | 8, value: number | bigint): Buffer => {
  const to = Buffer.alloc(8);
  to.writeBigInt64BE(BigInt(value));
  return to.subarray(8 - bytes);
};

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

const sized = (bytes: Bytes): Buffer => (bytes ? Buffer.concat([varint(bytes.length), bytes]) : varint(-1));

function recordOf({ key, value, headers, timeDelta }: WireRecord, offsetDelta: number): Buffer {
  const each = headers.map(([name, value]) => Buffer.concat([sized(Buffer.from(name)), sized(value)]));
  const body = [int(1, 0), varint(timeDelta), varint(offsetDelta), sized(key), sized(value), varint(headers.length)];
  return sized(Buffer.concat([...body, ...each]));
}

/** The last offset of a batch. */
export const lastOffsetOf = ({ offset, records, gap = 0 }: WireBatch): number =>
  Math.max(offset, offset - 1 + records.reduce((sum, record) => sum + 1 + record.gap, 0) + gap);

/** A batch of format 2. Batches with an unsupported codec hold arbitrary bytes. */
export function batchOf(batch: WireBatch): Buffer {
  const { records, offset, time, codec = 0, producerId = -1, ends } = batch;
  const key = Buffer.concat([int(2, 0), int(2, ends === 'abort' ? 0 : 1)]);
  const value = ends ? [{ key, value: Buffer.alloc(6), headers: [], timeDelta: 0, gap: 0 }] : records;
  let delta = -1;
  const written = value.map((record) => {
    delta += 1 + record.gap;
    return recordOf(record, delta);
  });
  const plain = Buffer.concat(written);
  const attributes = codec | (batch.stampedByBroker ? 8 : 0) | (batch.inTransaction || ends ? 16 : 0) | (ends ? 32 : 0);
  const guarded = Buffer.concat([
    int(2, attributes),
    int(4, lastOffsetOf(batch) - offset),
    int(8, time),
    int(8, time + Math.max(0, ...value.map(({ timeDelta }) => timeDelta))),
    int(8, producerId),
    int(2, 0),
    int(4, -1),
    int(4, value.length),
    codec === 1 ? gzipSync(plain, { level: 1 }) : plain,
  ]);
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(theirCrc32c(guarded) >>> 0);
  const rest = Buffer.concat([int(4, 0), int(1, 2), crc, guarded]);
  return Buffer.concat([int(8, offset), int(4, rest.length), rest]);
}

const sized32 = (bytes: Bytes): Buffer => (bytes ? Buffer.concat([int(4, bytes.length), bytes]) : int(4, -1));

/** A message of format 0 or 1. */
export function messageOf(format: 0 | 1, offset: number, time: number, key: Bytes, value: Bytes): Buffer {
  const stamp = format === 1 ? [int(8, time)] : [];
  const guarded = Buffer.concat([int(1, format), int(1, 0), ...stamp, sized32(key), sized32(value)]);
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(guarded));
  return Buffer.concat([int(8, offset), int(4, crc.length + guarded.length), crc, guarded]);
}
