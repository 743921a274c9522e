import type { ICustomPartitioner, Producer, TopicMessages } from 'kafkajs';
import { BRIEFLY, type Connection, clientOf } from './client.js';
import { type Log, silent } from './log.js';
import { partitionOf } from './murmur2.js';
import { MAX_MESSAGE_BYTES, type OutgoingRecord } from './record.js';
import { PlainMessage } from './records/plain-message.js';
import { type Run, sizeAtMost, sizeOf, splitIntoRequests } from './split.js';
import { isConnectionError, KafkaUnreachable } from './unreachable.js';
import { isRefusedForEver, UnsendableRecords } from './unsendable.js';
import { within } from './within.js';

/** Of one request, by kafkajs: enough for a new leader to be found. Whoever keeps the records tries on. */
const RETRIES = 2;
const ALL_REPLICAS = -1;
const DISCONNECT_WITHIN_MS = 5_000;

/**
 * Sends records and waits until all in-sync replicas have them. Idempotent, one request in flight: kafkajs takes its sequence numbers
 * back when a request fails, so a second one could use them again and be swallowed as a duplicate (tulios/kafkajs#598, #980).
 * For the same reason a producer that failed once is replaced. Whoever calls keeps the records until `send` resolves.
 */
export class EventProducer {
  #producer: Promise<Producer> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  readonly #log: Log;

  constructor(private readonly connection: Connection) {
    this.#log = connection.log ?? silent;
  }

  /** Throws {@link KafkaUnreachable}. Optional: the first `send` connects as well. */
  async connect(): Promise<void> {
    await this.#connected();
  }

  /**
   * Sends these records in order; calls wait for each other. When it rejects, any of the records may have been sent: send them all
   * again. Throws {@link UnsendableRecords} when all but some were sent and those never will be.
   */
  send(records: readonly OutgoingRecord[]): Promise<void> {
    const sent = this.#last.then(() => this.#sendAll(records));
    this.#last = sent.catch(() => {});
    return sent;
  }

  /** Waits for the sends under way, then leaves. */
  async disconnect(): Promise<void> {
    await this.#last;
    await this.#drop();
  }

  async #sendAll(records: readonly OutgoingRecord[]): Promise<void> {
    const unsendable: number[] = [];
    let cause: unknown;
    const refuse = (index: number, why: unknown) => {
      unsendable.push(index);
      cause ??= why;
    };
    for (const run of splitIntoRequests(records.map(sizeAtMost))) await this.#sendRun(records, run, refuse);
    if (unsendable.length > 0) throw new UnsendableRecords(unsendable, cause);
  }

  /** When the broker refuses a request for what is in it, halves it until the record at fault stands alone. */
  async #sendRun(
    records: readonly OutgoingRecord[],
    [from, to]: Run,
    refuse: (index: number, why: unknown) => void,
  ): Promise<void> {
    if (to - from === 1 && sizeOf(records[from]!) > MAX_MESSAGE_BYTES) {
      return refuse(from, new Error(`the record has more than ${MAX_MESSAGE_BYTES} bytes`));
    }
    try {
      const producer = await this.#connected();
      await producer.sendBatch({ acks: ALL_REPLICAS, topicMessages: byTopic(records, from, to) });
    } catch (error) {
      await this.#drop();
      if (!isRefusedForEver(error)) throw error;
      if (to - from === 1) return refuse(from, error);
      const middle = (from + to) >>> 1;
      await this.#sendRun(records, [from, middle], refuse);
      await this.#sendRun(records, [middle, to], refuse);
    }
  }

  #connected(): Promise<Producer> {
    this.#producer ??= this.#open().catch((error) => {
      this.#producer = undefined;
      throw error;
    });
    return this.#producer;
  }

  async #open(): Promise<Producer> {
    const producer = clientOf(this.connection).producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      createPartitioner: byKey,
      retry: { ...BRIEFLY, retries: RETRIES },
    });
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      await leave(producer);
      throw isConnectionError(error) ? new KafkaUnreachable(this.connection.brokers, error) : error;
    }
  }

  async #drop(): Promise<void> {
    const producer = await this.#producer?.catch(() => undefined);
    this.#producer = undefined;
    if (!producer) return;
    this.#log.debug({ clientId: this.connection.clientId }, 'The producer leaves.');
    await leave(producer);
  }
}

/** A broker that does not answer must not keep us. */
const leave = (producer: Producer): Promise<void> =>
  within(DISCONNECT_WITHIN_MS, 'Disconnecting', producer.disconnect()).catch(() => {});

const byKey: ICustomPartitioner =
  () =>
  ({ partitionMetadata, message }) =>
    partitionOf(String(message.key), partitionMetadata.length);

function byTopic(records: readonly OutgoingRecord[], from: number, to: number): TopicMessages[] {
  const topics = new Map<string, TopicMessages['messages']>();
  for (let at = from; at < to; at++) {
    const { topic, key, headers, payload } = records[at]!;
    const message = new PlainMessage(key, payload, headers);
    const messages = topics.get(topic);
    if (messages) messages.push(message);
    else topics.set(topic, [message]);
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}
