import type { BatchFrame } from './batch-frame.js';
import { ByteReader } from './byte-reader.js';
import { type BatchContext, FetchedRecord, UnreadableRecord } from './fetched-record.js';

/**
 * Reads the records of a batch, between `start` and `end` of these bytes. Lengths are validated once, so that a later access to a
 * record stays within it. A malformed record becomes an {@link UnreadableRecord}; if its end is unknown, it includes the rest of
 * the batch.
 */
export function readRecords(
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
