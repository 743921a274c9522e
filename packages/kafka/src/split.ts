import { MAX_MESSAGE_BYTES, type WireRecord } from './record.js';

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
