import type { Admin } from 'kafkajs';
import { type Connection, clientOf, withTimeout } from './client.js';

const TIMEOUT_MS = 10_000;

/** With the first existing offset: earlier records were removed. */
export interface Position extends Progress {
  readonly begin: bigint;
}

/** Queries the brokers for the offsets of a group, over its own connection, which stays open until it fails. */
export class ConsumerLag {
  #admin: Promise<Admin> | undefined;
  #topics: readonly string[] = [];

  constructor(
    private readonly connection: Connection,
    private readonly groupId: string,
  ) {}

  /**
   * By `topic/partition`. A partition without a committed offset is at its beginning. Rejects if one of the topics does not
   * exist.
   */
  async of(topics: readonly string[]): Promise<Map<string, Position>> {
    try {
      // kafkajs repeats the query for every topic that it was once queried for, and fails as a whole for a deleted one.
      if (topics.join() !== this.#topics.join()) await this.disconnect();
      this.#topics = topics;
      this.#admin ??= this.#connect();
      const admin = await this.#admin;
      return await withTimeout(TIMEOUT_MS, 'The query of offsets', this.#ask(admin, [...topics]));
    } catch (error) {
      await this.disconnect();
      throw error;
    }
  }

  async disconnect(): Promise<void> {
    const admin = await this.#admin?.catch(() => undefined);
    this.#admin = undefined;
    await withTimeout(TIMEOUT_MS, 'Disconnecting', admin?.disconnect() ?? Promise.resolve()).catch(() => {});
  }

  async #connect(): Promise<Admin> {
    const admin = clientOf(this.connection).admin();
    await admin.connect();
    return admin;
  }

  async #ask(admin: Admin, topics: string[]): Promise<Map<string, Position>> {
    const [committed, ends] = await Promise.all([
      admin.fetchOffsets({ groupId: this.groupId, topics }),
      Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic))),
    ]);
    const progress = new Map<string, Position>();
    topics.forEach((topic, at) => {
      const ours = committed.find((one) => one.topic === topic)?.partitions ?? [];
      for (const { partition, high, low } of ends[at]!) {
        const offset = BigInt(ours.find((one) => one.partition === partition)?.offset ?? -1);
        const [begin, end] = [BigInt(low), BigInt(high)];
        progress.set(`${topic}/${partition}`, { begin, committed: offset < 0n ? begin : offset, end });
      }
    });
    return progress;
  }
}

/** The progress of a partition: the committed offset of its group, and the offset of the next record. */
export interface Progress {
  readonly committed: bigint;
  readonly end: bigint;
}

/**
 * Detects a consumer that sends heartbeats but makes no progress (tulios/kafkajs#1271, #1721): records accumulate, and no
 * partition advances. While any of them advances the consumer is busy, regardless of the wait of the others.
 */
export class StallDetector {
  #since = 0;
  /** The state at the last progress. */
  #then: ReadonlyMap<string, Progress> = new Map();

  constructor(private readonly afterMs: number) {}

  /** Discards the observations: the consumer has made progress since. */
  reset(): void {
    this.#then = new Map();
  }

  /** Observes all partitions of this member (`topic/partition`), at a time in milliseconds; returns the stalled ones. */
  look(at: number, partitions: ReadonlyMap<string, Progress>): string[] {
    const waiting = [...partitions].filter(([, { committed, end }]) => committed < end);
    const moved = [...partitions].some(([name, { committed }]) => this.#then.get(name)?.committed !== committed);
    if (moved || waiting.length === 0 || partitions.size < this.#then.size) {
      this.#since = at;
      this.#then = partitions;
      return [];
    }
    const pileUp = waiting.some(([name, { end }]) => end > this.#then.get(name)!.end);
    return pileUp && at - this.#since >= this.afterMs ? waiting.map(([name]) => name) : [];
  }
}
