/** One of the sessions of a database; later ones have higher numbers. */
export interface LockHolder {
  readonly pid: number;
}

/** Who holds which locks of a database, until the session ends: as much of advisory locks as the relay uses. */
export class MemoryLocks {
  private readonly enlisted = new Set<LockHolder>();
  private readonly shards = new Map<number, LockHolder>();

  enlist(who: LockHolder): void {
    this.enlisted.add(who);
  }

  /** How many are enlisted, how many of them came before, and which shards are held. */
  standing(who: LockHolder): { readonly relays: number; readonly rank: number; readonly held: readonly number[] } {
    const rank = [...this.enlisted].filter(({ pid }) => pid < who.pid).length;
    return { relays: this.enlisted.size, rank, held: [...this.shards.keys()] };
  }

  /** Those of the shards that are now held. */
  take(who: LockHolder, wanted: readonly number[]): number[] {
    const free = wanted.filter((shard) => (this.shards.get(shard) ?? who) === who);
    for (const shard of free) this.shards.set(shard, who);
    return free;
  }

  give(who: LockHolder, shards: readonly number[]): void {
    for (const shard of shards) if (this.shards.get(shard) === who) this.shards.delete(shard);
  }

  free(who: LockHolder): void {
    this.enlisted.delete(who);
    this.give(who, [...this.shards.keys()]);
  }
}
