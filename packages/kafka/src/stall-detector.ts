/** How far a partition is: the offset its group committed, and the offset of the next record to come. */
export interface Progress {
  readonly committed: bigint;
  readonly end: bigint;
}

/**
 * Notices a consumer that heartbeats but does not work, for days if nobody looks (tulios/kafkajs#1271, #1721): records pile up, and not
 * one of its partitions moves. While any of them moves it is busy, however long the others wait for their turn.
 */
export class StallDetector {
  #since = 0;
  /** As they were when one of them moved last. */
  #then: ReadonlyMap<string, Progress> = new Map();

  constructor(private readonly afterMs: number) {}

  /** Takes a look at all partitions of this member (`topic/partition`), at a time in milliseconds; gives those that are stalled. */
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
