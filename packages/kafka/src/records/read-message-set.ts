/// <reference path="../kafkajs-inside.d.ts" />
import { crc32 } from 'node:zlib';
import type { KafkaMessage } from 'kafkajs';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import decodeMessages from 'kafkajs/src/protocol/messageSet/decoder.js';

/** A message of the formats before 2017, as decoded by kafkajs. */
export type OldMessage = KafkaMessage & { readonly isControlRecord?: undefined };

const PREFIX_BYTES = 12;
const CRC_BYTES = 4;
/** The shortest message: checksum, format, attributes, and two lengths. */
const LEAST_BYTES = 14;

/**
 * Reads messages of format 0 or 1, which brokers before 4.0 may still store; the last may be truncated. kafkajs decodes them, but
 * verifies no checksum and trusts every length, so both are checked first.
 */
export async function readMessageSet(bytes: Buffer, format: number): Promise<OldMessage[]> {
  if (format > 1) throw new RangeError(`has the unknown format ${format}`);
  const whole = bytes.subarray(0, endOfWhole(bytes));
  if (whole.length === 0) return [];
  return (await decodeMessages(new Decoder(whole), whole.length)) as OldMessage[];
}

/** The end of the complete messages. */
function endOfWhole(bytes: Buffer): number {
  let at = 0;
  while (at + PREFIX_BYTES + CRC_BYTES < bytes.length) {
    const length = bytes.readInt32BE(at + PREFIX_BYTES - 4);
    if (length < LEAST_BYTES) throw new RangeError(`has a length of ${length} bytes`);
    const start = at + PREFIX_BYTES;
    const end = start + length;
    if (end > bytes.length) break;
    if ((bytes[start + CRC_BYTES] ?? 0) > 1) break;
    if (crc32(bytes.subarray(start + CRC_BYTES, end)) !== bytes.readUInt32BE(start)) {
      throw new RangeError('does not fit its checksum');
    }
    at = end;
  }
  return at;
}
