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
