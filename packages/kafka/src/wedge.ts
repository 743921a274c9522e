/** How far a partition is: the offset its group committed, and the offset of the next record to come. */
export interface Progress {
  readonly committed: bigint;
  readonly end: bigint;
}

interface Stuck extends Progress {
  readonly since: number;
}

/**
 * Notices partitions whose records pile up while nothing is committed: a consumer that heartbeats but does not work, for days if nobody
 * looks (tulios/kafkajs#1271, #1721).
 */
export class Wedge {
  #stuck = new Map<string, Stuck>();

  constructor(private readonly afterMs: number) {}

  /** Takes a look at all partitions (`topic/partition`), at a time in milliseconds; gives those that are wedged. */
  look(at: number, partitions: ReadonlyMap<string, Progress>): string[] {
    const stuck = new Map<string, Stuck>();
    for (const [name, { committed, end }] of partitions) {
      if (committed >= end) continue;
      const before = this.#stuck.get(name);
      stuck.set(name, before?.committed === committed ? before : { committed, end, since: at });
    }
    this.#stuck = stuck;
    return [...stuck].flatMap(([name, { since, end }]) =>
      at - since >= this.afterMs && partitions.get(name)!.end > end ? [name] : [],
    );
  }
}
