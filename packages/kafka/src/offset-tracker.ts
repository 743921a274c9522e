import type { Offsets } from 'kafkajs';

/** The next offset of each partition with processed but uncommitted records. */
export class OffsetTracker {
  readonly #next = new Map<string, { topic: string; partition: number; offset: string }>();
  #commit: Promise<void> | undefined;

  get isEmpty(): boolean {
    return this.#next.size === 0;
  }

  /** The record at this offset and all before it are processed: Kafka counts from the next, hence + 1. */
  advance(topic: string, partition: number, offset: string): void {
    this.#next.set(`${topic}/${partition}`, { topic, partition, offset: String(BigInt(offset) + 1n) });
  }

  /** The partitions are reassigned, or are read again from the committed offsets. */
  clear(): void {
    this.#next.clear();
  }

  /** Commits all offsets in one request; those that advance during it stay for the next. One commit at a time. */
  async commit(send: (offsets: Offsets) => Promise<void>): Promise<void> {
    while (this.#commit) await this.#commit.catch(() => {});
    if (this.isEmpty) return;
    const sent = [...this.#next];
    this.#commit = send({ topics: byTopic(sent.map(([, position]) => position)) });
    try {
      await this.#commit;
      for (const [name, position] of sent) if (this.#next.get(name) === position) this.#next.delete(name);
    } finally {
      this.#commit = undefined;
    }
  }
}

function byTopic(tracker: { topic: string; partition: number; offset: string }[]): Offsets['topics'] {
  const topics = new Map<string, { partition: number; offset: string }[]>();
  for (const { topic, partition, offset } of tracker) {
    topics.set(topic, [...(topics.get(topic) ?? []), { partition, offset }]);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
