import type { Log } from './log.js';
import type { Metadata } from './record-codec.js';

const NONE = 0;
/** Error codes of Kafka's protocol for a topic that is not available to this client. */
const UNAVAILABLE: ReadonlyMap<number, string> = new Map([
  [3, 'UNKNOWN_TOPIC_OR_PARTITION'],
  [17, 'INVALID_TOPIC_EXCEPTION'],
  [29, 'TOPIC_AUTHORIZATION_FAILED'],
]);

/**
 * Follows the metadata of a client's topics. A topic that is deleted, refused, or without a leader must not block the others:
 * kafkajs treats any such response as a failure of the whole. A changed number of partitions is logged, because keys change their
 * partition with it.
 */
export class TopicWatch {
  readonly #partitions = new Map<string, number>();
  readonly #unavailable = new Map<string, string>();
  #shrunk = false;

  constructor(
    private readonly log: Log,
    /** A producer receives the error of a topic when it sends to it. */
    private readonly forgives: boolean,
  ) {}

  /** Topics that cannot be read at the moment. */
  get unavailable(): readonly string[] {
    return [...this.#unavailable.keys()];
  }

  /** True once after partitions were removed: stored offsets may belong to an earlier topic of the same name. */
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
    this.log.error({ topic, reason }, 'Topic became unavailable; the others continue.');
  }

  #see(topic: string, to: number): void {
    if (this.#unavailable.delete(topic)) this.log.info({ topic, partitions: to }, 'Topic became available.');
    const from = this.#partitions.get(topic);
    this.#partitions.set(topic, to);
    if (from === undefined || from === to) return;
    this.#shrunk ||= to < from;
    this.log.warn(
      { topic, from, to },
      'Number of partitions changed; records of a key may be in another one from now on.',
    );
  }
}
