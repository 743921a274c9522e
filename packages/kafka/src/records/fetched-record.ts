import { UnreadableMessage } from '@quadrille/choreography';
import type { IncomingRecord } from '../record.js';
import { ByteReader } from './byte-reader.js';
import { findHeader, type HeaderName, type HeaderNames, readHeaders } from './read-headers.js';

/** What the records of one batch have in common. */
export interface BatchContext {
  readonly topic: string;
  readonly partition: number;
}

/** What a text has where bytes are no UTF-8. */
const REPLACED = '\uFFFD';

/** An offset of a partition that holds no record: kafkajs goes on behind it. */
export class Marker {
  readonly isControlRecord = true;
  readonly offset: string;

  constructor(position: number) {
    this.offset = String(position);
  }
}

/**
 * A record as it lies in the answer to a fetch: where it begins is known, what it says is read when somebody asks. A service skips
 * most of what is on a topic, and records that wait for their turn should not fill the heap. That its parts lie within its bytes was looked at before.
 */
export class FetchedRecord implements IncomingRecord {
  /** Of kafkajs: marks of transactions are no records. */
  readonly isControlRecord = false;
  #value: string | null | undefined;
  #headers: Record<string, string> | undefined;

  constructor(
    readonly batchContext: BatchContext,
    protected readonly bytes: Buffer,
    /** Where its key begins. */
    protected readonly start: number,
    /** Where its headers end. */
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

  /** The value as it is on the wire; null where there is none. */
  valueBytes(): Buffer | null {
    const from = this.#atValue();
    const length = from.varint();
    return length < 0 ? null : this.bytes.subarray(from.at, from.at + length);
  }

  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= readHeaders(this.#atHeaders(), this.end);
    return this.#headers;
  }

  /** One header alone; quick, where the rest is not asked for. */
  header(name: HeaderName): string | undefined {
    return findHeader(this.#atHeaders(), name);
  }

  /** Some headers alone, in the order of the names. */
  pick(names: HeaderNames): (string | undefined)[] {
    return names.pick(this.#atHeaders(), this.end);
  }

  /** A record that is parked is kept as JSON: as texts, and with its bytes where these do not say all. */
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

/** A record whose bytes make no sense: it has a place and bytes to keep, and says nothing. Who asks what it says is told why not. */
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
