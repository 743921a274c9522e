import type { Admin } from 'kafkajs';
import { type Connection, clientOf } from './client.js';
import type { Progress } from './stall-detector.js';
import { withTimeout } from './with-timeout.js';

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
