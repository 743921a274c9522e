import { UnreadableMessage } from '@quadrille/choreography';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { IncomingRecord } from '../record.js';
import { ByteReader } from './bytes.js';
import { findHeader, type HeaderName, type HeaderNames, readHeaders } from './read-headers.js';

/** The common values of one batch's records. */
export interface BatchContext {
  readonly topic: string;
  readonly partition: number;
}

/** The replacement for bytes that are no UTF-8. */
const REPLACED = '\uFFFD';

/** An offset without a record: kafkajs continues behind it. */
export class Marker {
  readonly isControlRecord = true;
  readonly offset: string;

  constructor(position: number) {
    this.offset = String(position);
  }
}

/**
 * A record within the response of a fetch: its position is known, its content is decoded on access. A service skips most records
 * of a topic, and waiting records should not fill the heap. Its parts were validated to be within its bytes.
 */
export class FetchedRecord implements IncomingRecord {
  /** For kafkajs: transaction markers are no records. */
  readonly isControlRecord = false;
  #value: string | null | undefined;
  #headers: Record<string, string> | undefined;

  constructor(
    readonly batchContext: BatchContext,
    protected readonly bytes: Buffer,
    /** The start of its key. */
    protected readonly start: number,
    /** The end of its headers. */
    protected readonly end: number,
    private readonly position: number,
    private readonly time: number,
  ) {}

  get topic(): string {
    return this.batchContext.topic;
  }

  get partition(): number {
    return this.batchContext.partition;
  }

  get offset(): string {
    return String(this.position);
  }

  get timestamp(): string {
    return String(this.time);
  }

  get key(): string | null {
    return new ByteReader(this.bytes, this.start).nullableText();
  }

  get value(): string | null {
    if (this.#value === undefined) this.#value = this.#atValue().nullableText();
    return this.#value;
  }

  /** The value as it is on the wire; null for a record without one. */
  valueBytes(): Buffer | null {
    const from = this.#atValue();
    const length = from.varint();
    return length < 0 ? null : this.bytes.subarray(from.at, from.at + length);
  }

  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= readHeaders(this.#atHeaders(), this.end);
    return this.#headers;
  }

  /** Reads one header alone; fast if the others are not needed. */
  header(name: HeaderName): string | undefined {
    return findHeader(this.#atHeaders(), name);
  }

  /** Reads some headers, in the order of the names. */
  pick(names: HeaderNames): (string | undefined)[] {
    return names.pick(this.#atHeaders(), this.end);
  }

  /** A parked record is stored as JSON: as texts, with its bytes if the texts are not exact. */
  toJSON(): IncomingRecord {
    const { topic, partition, offset, key, headers, value, timestamp } = this;
    const texts = { topic, partition, offset, key, headers, value, timestamp };
    return isWhole(key, value, headers) ? texts : { ...texts, raw: this.base64() };
  }

  protected base64(): string {
    return this.bytes.toString('base64', this.start, this.end);
  }

  #atValue(): ByteReader {
    const from = new ByteReader(this.bytes, this.start);
    from.skip(from.varint());
    return from;
  }

  #atHeaders(): ByteReader {
    const from = this.#atValue();
    from.skip(from.varint());
    return from;
  }
}

const isWhole = (key: string | null, value: string | null, headers: Readonly<Record<string, string>>): boolean =>
  ![key, value, ...Object.entries(headers).flat()].some((text) => text?.includes(REPLACED));

/**
 * A record with malformed bytes: it has a position and its raw bytes, but no content. Access to its content throws the reason.
 */
export class UnreadableRecord extends FetchedRecord {
  constructor(
    context: BatchContext,
    bytes: Buffer,
    start: number,
    end: number,
    position: number,
    time: number,
    private readonly flaw: string,
  ) {
    super(context, bytes, start, end, position, time);
  }

  override get key(): null {
    return null;
  }

  override get value(): null {
    return null;
  }

  override valueBytes(): null {
    return null;
  }

  override get headers(): Readonly<Record<string, string>> {
    return {};
  }

  override header(): never {
    throw this.#unreadable();
  }

  override pick(): never {
    throw this.#unreadable();
  }

  override toJSON(): IncomingRecord {
    return { ...super.toJSON(), raw: this.base64() };
  }

  #unreadable(): UnreadableMessage {
    const { topic, partition, offset } = this;
    return new UnreadableMessage('malformed', `Record ${topic}/${partition}@${offset} cannot be read: ${this.flaw}.`);
  }
}

/**
 * Converts a message to a record; our own already are records. Of a kafkajs message, bytes are decoded as UTF-8, and of a
 * repeated header the first counts.
 */
export const incoming = (topic: string, partition: number, message: KafkaMessage | FetchedRecord): IncomingRecord =>
  message instanceof FetchedRecord ? message : read(topic, partition, message);

const read = (topic: string, partition: number, message: KafkaMessage): IncomingRecord => ({
  topic,
  partition,
  offset: message.offset,
  key: message.key?.toString() ?? null,
  headers: headersOf(message.headers),
  value: message.value?.toString() ?? null,
  timestamp: message.timestamp,
});

function headersOf(headers: IHeaders | undefined): Record<string, string> {
  const read: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined && first !== null) read[name] = first.toString();
  }
  return read;
}
