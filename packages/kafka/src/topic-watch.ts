import type { Log } from './log.js';
import type { Metadata } from './record-codec.js';

const NONE = 0;
/** Of Kafka's protocol: what says of a topic that it is not there for us. */
const UNAVAILABLE: ReadonlyMap<number, string> = new Map([
  [3, 'UNKNOWN_TOPIC_OR_PARTITION'],
  [17, 'INVALID_TOPIC_EXCEPTION'],
  [29, 'TOPIC_AUTHORIZATION_FAILED'],
]);

/**
 * Follows what brokers say of a client's topics. One topic that is gone, refused, or without a leader must not keep the client from the
 * others: kafkajs takes any such answer for a failure of the whole. A changed number of partitions is told, since keys change their
 * partition with it.
 */
export class TopicWatch {
  readonly #partitions = new Map<string, number>();
  readonly #unavailable = new Map<string, string>();
  #shrunk = false;

  constructor(
    private readonly log: Log,
    /** A producer is told what is wrong with a topic when it sends to it. */
    private readonly forgives: boolean,
  ) {}

  /** Topics that cannot be read for now. */
  get unavailable(): readonly string[] {
    return [...this.#unavailable.keys()];
  }

  /** True once after partitions went: offsets of them that are remembered may be those of another topic of that name. */
  takeShrunk(): boolean {
    const shrunk = this.#shrunk;
    this.#shrunk = false;
    return shrunk;
  }

  readonly look = ({ topicMetadata }: Metadata): void => {
    for (const one of topicMetadata) {
      for (const partition of one.partitionMetadata) partition.partitionErrorCode = NONE;
      const reason = UNAVAILABLE.get(one.topicErrorCode);
      if (reason !== undefined) {
        this.#miss(one.topic, reason);
        if (this.forgives) {
          one.topicErrorCode = NONE;
          one.partitionMetadata = [];
        }
      } else if (one.topicErrorCode === NONE) this.#see(one.topic, one.partitionMetadata.length);
    }
  };

  #miss(topic: string, reason: string): void {
    if (this.#unavailable.has(topic)) return;
    this.#unavailable.set(topic, reason);
    this.#shrunk ||= this.#partitions.delete(topic);
    this.log.error({ topic, reason }, 'Topic became unavailable; the others go on.');
  }

  #see(topic: string, to: number): void {
    if (this.#unavailable.delete(topic)) this.log.info({ topic, partitions: to }, 'Topic became available.');
    const from = this.#partitions.get(topic);
    this.#partitions.set(topic, to);
    if (from === undefined || from === to) return;
    this.#shrunk ||= to < from;
    this.log.warn(
      { topic, from, to },
      'Number of partitions changed; records of a key are in another one from now on.',
    );
  }
}
