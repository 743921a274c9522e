import type { IncomingRecord } from '../record.js';
import { ByteReader } from './byte-reader.js';
import { findHeader, type HeaderName, type HeaderNames, readHeaders } from './read-headers.js';

/** What the records of one batch have in common. kafkajs asks for it where transactions were aborted. */
export interface BatchContext {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: string;
  readonly inTransaction: boolean;
}

/**
 * A record as it lies in the answer to a fetch: where it begins is known, what it says is read when somebody asks. A service skips
 * most of what is on a topic, and records that wait for their turn should not fill the heap.
 */
export class FetchedRecord implements IncomingRecord {
  /** Of kafkajs: marks of transactions are no records. */
  readonly isControlRecord = false;
  #value: string | null | undefined;
  #headers: Record<string, string> | undefined;

  constructor(
    readonly batchContext: BatchContext,
    private readonly bytes: Buffer,
    /** Where its key begins. */
    private readonly start: number,
    /** Where its headers end. */
    private readonly end: number,
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

  /** A record that is parked is kept as JSON. */
  toJSON(): IncomingRecord {
    const { topic, partition, offset, key, headers, value, timestamp } = this;
    return { topic, partition, offset, key, headers, value, timestamp };
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
