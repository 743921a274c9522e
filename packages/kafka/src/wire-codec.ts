import { headerNameOf, UnreadableMessage, WIRE_ATTRIBUTES, type Wire } from '@quadrille/choreography';
import { ceTypeOf } from './cloud-event.js';
import type { IncomingRecord, OutgoingRecord, WireRecord } from './record.js';
import { FetchedRecord, UnreadableRecord } from './records/fetched-record.js';

const JSON_CONTENT = 'application/json';

/** Converts records between the default form and that of a {@link Wire}. */
export class WireCodec {
  /** Names of headers on the wire by default names, and the other way round. */
  private readonly theirs: ReadonlyMap<string, string>;
  private readonly ours: ReadonlyMap<string, string>;

  constructor(private readonly wire: Wire) {
    this.theirs = new Map(WIRE_ATTRIBUTES.map((each) => [headerNameOf(each), headerNameOf(each, wire.headers)]));
    this.ours = new Map([...this.theirs].map(([own, their]) => [their, own]));
    if (this.ours.size < this.theirs.size) throw new Error('Two attributes have one name: correct headers of wire.');
  }

  /** A record as it is sent. Rejects as `encode` of the value format does. */
  async toWire(record: OutgoingRecord): Promise<WireRecord> {
    const { topic, key, headers, payload } = record;
    const encoded = await this.wire.values?.encode({ topic, type: headers.ce_type, json: payload });
    const named = this.wire.headers ? renamed(headers, this.theirs) : headers;
    if (!encoded) return { topic, key, headers: named, payload };
    return {
      topic,
      key,
      headers: { ...named, 'content-type': encoded.contentType },
      payload: Buffer.from(encoded.bytes),
    };
  }

  /** The record with the default names of headers; its value is left as it is. */
  withDefaultHeaders(record: IncomingRecord): IncomingRecord {
    if (!this.wire.headers || record instanceof UnreadableRecord) return record;
    const { topic, partition, offset, key, value, timestamp } = record;
    const headers = { ...renamed(record.headers, this.ours) };
    // Only CloudEvents has it.
    headers.ce_specversion ??= '1.0';
    return { topic, partition, offset, key, value, timestamp, headers };
  }

  /** Whether the value of a record, as it came, has the format of the wire. */
  isEncoded(record: IncomingRecord): boolean {
    return this.encodedBytes(record) !== undefined;
  }

  /**
   * The record with a JSON text as its value. `received`: the record as it came, with its bytes. Rejects as `decode` of the value format
   * does.
   */
  async withJson(record: IncomingRecord, received = record): Promise<IncomingRecord> {
    const bytes = this.encodedBytes(received);
    if (!bytes) return record;
    const { topic, partition, offset, key, headers, timestamp } = record;
    const value = await this.wire.values!.decode({ topic, type: ceTypeOf(record), bytes });
    return { topic, partition, offset, key, timestamp, value, headers: { ...headers, 'content-type': JSON_CONTENT } };
  }

  private encodedBytes(received: IncomingRecord): Buffer | undefined {
    if (!this.wire.values) return undefined;
    try {
      const bytes = bytesOf(received);
      return bytes && this.wire.values.recognizes(bytes) ? bytes : undefined;
    } catch (cause) {
      throw new UnreadableMessage('malformed', 'The value cannot be read.', { cause });
    }
  }

  /** The record in the default form, or as it came if it cannot be read. Rejects if its value cannot be decoded for now. */
  async toDefault(record: IncomingRecord): Promise<IncomingRecord> {
    try {
      return await this.withJson(this.withDefaultHeaders(record), record);
    } catch (error) {
      if (error instanceof UnreadableMessage) return record;
      throw error;
    }
  }
}

function renamed(
  headers: Readonly<Record<string, string>>,
  names: ReadonlyMap<string, string>,
): Record<string, string> {
  // Without a prototype: `constructor` and `__proto__` are names like any other.
  const result: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) result[names.get(name) ?? name] = value;
  return result;
}

/** The bytes of a value, also of a record that was parked: its text, or its raw form where that is no text. */
function bytesOf(record: IncomingRecord): Buffer | null {
  if (record instanceof FetchedRecord) return record.valueBytes();
  const { raw, value } = record;
  if (raw === undefined) return value === null ? null : Buffer.from(value);
  const bytes = Buffer.from(raw, 'base64');
  return new FetchedRecord(
    { topic: record.topic, partition: record.partition },
    bytes,
    0,
    bytes.length,
    0,
    0,
  ).valueBytes();
}
