import type { Wire } from '@quadrille/choreography';
import type { Producer } from 'kafkajs';
import { type Connection, leave, openProducer, withTimeout } from './client.js';
import { type Log, silent } from './log.js';
import { byTopic, byTopicOf, encodedBy, sizeAtMost, sizeOf, splitIntoRequests, upTo } from './produce-requests.js';
import { MAX_MESSAGE_BYTES, type OutgoingRecord, type WireRecord } from './record.js';
import { isAnswered, isOfATopic, isPermanentError, RefusedTopics, UnsendableRecords } from './unsendable.js';
import { WireCodec } from './wire-codec.js';

const ALL_REPLICAS = -1;
/** kafkajs limits each request and each retry; if one still hangs, the producer is replaced. */
const SEND_WITHIN_MS = 45_000;

/**
 * Sends records and waits until all in-sync replicas have them. Idempotent, one request in flight: kafkajs rolls its sequence
 * numbers back when a request fails, so a concurrent one could reuse them and be dropped as a duplicate (tulios/kafkajs#598,
 * #980). For the same reason a producer is replaced after a failure. The caller must store the records until `send` resolves.
 */
export class EventProducer {
  #producer: Promise<Producer> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  readonly #log: Log;
  readonly #codec: WireCodec | undefined;

  /** `wire`: the form of the records, if it is not the default one. */
  constructor(
    private readonly connection: Connection,
    wire?: Wire,
  ) {
    this.#log = connection.log ?? silent;
    this.#codec = wire && new WireCodec(wire);
  }

  /** Throws {@link KafkaUnreachable}. Optional: the first `send` connects as well. */
  async connect(): Promise<void> {
    await this.#connected();
  }

  /**
   * Sends these records in order; calls are serialised. If it rejects, any of the records may have been sent: send them all
   * again. Throws {@link UnsendableRecords} if all but some were sent and those never can be, {@link RefusedTopics} if some were
   * not because their topics accept none.
   */
  send(records: readonly OutgoingRecord[]): Promise<void> {
    const sent = this.#last.then(() => this.#sendAll(records));
    this.#last = sent.catch(() => {});
    return sent;
  }

  /** Waits for the current sends, then disconnects. */
  async disconnect(): Promise<void> {
    await this.#last;
    await this.#drop();
  }

  async #sendAll(records: readonly OutgoingRecord[]): Promise<void> {
    const unsent = new Unsent();
    const encoded = this.#codec ? await encodedBy(this.#codec, records, unsent) : records;
    for (const [from, to] of splitIntoRequests(encoded.map(sizeAtMost))) {
      await this.#sendSome(encoded, upTo(from, to), unsent);
    }
    unsent.throwIfAny();
  }

  /**
   * If the broker rejects a request for its content, halves it until the invalid record is alone. If a topic is or may be the
   * cause, sends each topic's records separately, so that only that topic's records wait.
   */
  async #sendSome(records: readonly WireRecord[], wanted: readonly number[], unsent: Unsent): Promise<void> {
    const indexes = unsent.open(records, wanted);
    const [first] = indexes;
    if (first === undefined) return;
    if (indexes.length === 1 && sizeOf(records[first]!) > MAX_MESSAGE_BYTES) {
      return unsent.never(first, new Error(`the record has more than ${MAX_MESSAGE_BYTES} bytes`));
    }
    const error = await this.#trySending(records, indexes);
    if (error === undefined) return unsent.someWereSent();
    if (isPermanentError(error)) {
      if (indexes.length === 1) return unsent.never(first, error);
      const middle = indexes.length >>> 1;
      await this.#sendSome(records, indexes.slice(0, middle), unsent);
      return this.#sendSome(records, indexes.slice(middle), unsent);
    }
    if (!isAnswered(error)) throw error;
    const apart = byTopicOf(records, indexes);
    if (apart.length === 1) return unsent.refused(records[first]!.topic, indexes, error);
    for (const ofOne of apart) await this.#sendSome(records, ofOne, unsent);
  }

  /**
   * Returns the error, if any. A producer that has sent to other topics requests metadata of all of them, and receives their
   * errors.
   */
  async #trySending(records: readonly WireRecord[], indexes: readonly number[]): Promise<unknown> {
    for (;;) {
      const isFresh = this.#producer === undefined;
      try {
        const producer = await this.#connected();
        const batch = { acks: ALL_REPLICAS, topicMessages: byTopic(records, indexes) };
        await withTimeout(SEND_WITHIN_MS, 'Sending', producer.sendBatch(batch));
        return undefined;
      } catch (error) {
        await this.#drop();
        if (isFresh || !isOfATopic(error)) return error;
      }
    }
  }

  #connected(): Promise<Producer> {
    this.#producer ??= openProducer(this.connection).catch((error) => {
      this.#producer = undefined;
      throw error;
    });
    return this.#producer;
  }

  async #drop(): Promise<void> {
    const producer = await this.#producer?.catch(() => undefined);
    this.#producer = undefined;
    if (!producer) return;
    this.#log.debug({ clientId: this.connection.clientId }, 'The producer leaves.');
    await leave(producer);
  }
}

/** The unsent records of a call, with the reasons. */
export class Unsent {
  readonly #never = new Set<number>();
  readonly #refused = new Set<number>();
  readonly #topics = new Map<string, unknown>();
  #neverCause: unknown;
  #someWereSent = false;

  /** This record can never be sent. */
  never(index: number, cause: unknown): void {
    this.#never.add(index);
    this.#neverCause ??= cause;
  }

  /** This topic accepts no records: none of this call is sent to it any more, to preserve the order per key. */
  refused(topic: string, indexes: readonly number[], cause: unknown): void {
    for (const index of indexes) this.#refused.add(index);
    this.#topics.set(topic, cause);
  }

  someWereSent(): void {
    this.#someWereSent = true;
  }

  /** Those of these records that may still be tried. */
  open(records: readonly WireRecord[], indexes: readonly number[]): readonly number[] {
    if (this.#topics.size === 0 && this.#never.size === 0) return indexes;
    return indexes.filter((index) => {
      if (this.#never.has(index)) return false;
      const isOpen = !this.#topics.has(records[index]!.topic);
      if (!isOpen) this.#refused.add(index);
      return isOpen;
    });
  }

  /**
   * Throws the error for the caller. An error without a known topic is a topic's if others were sent to; otherwise it is the
   * broker's, and any record may be missing.
   */
  throwIfAny(): void {
    const unsendable = this.#never.size > 0 ? new UnsendableRecords([...this.#never], this.#neverCause) : undefined;
    if (this.#topics.size === 0) {
      if (unsendable) throw unsendable;
      return;
    }
    const unknown = [...this.#topics.values()].find((cause) => !isOfATopic(cause));
    if (unknown !== undefined && !this.#someWereSent) throw unknown;
    throw new RefusedTopics([...this.#refused, ...this.#never], this.#topics, unsendable);
  }
}
