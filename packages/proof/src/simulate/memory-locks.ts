/** A session of a database; later ones have higher numbers. */
export interface LockHolder {
  readonly pid: number;
}

/** The locks of a database's sessions, held until the session ends: the subset of advisory locks that the relay uses. */
export class MemoryLocks {
  private readonly enlisted = new Set<LockHolder>();
  private readonly shards = new Map<number, LockHolder>();

  enlist(who: LockHolder): void {
    this.enlisted.add(who);
  }

  /** The number of registered relays, the rank of this one, and its held shards. */
  rankOf(who: LockHolder): { readonly relays: number; readonly rank: number; readonly held: readonly number[] } {
    const rank = [...this.enlisted].filter(({ pid }) => pid < who.pid).length;
    return { relays: this.enlisted.size, rank, held: [...this.shards.keys()] };
  }

  /** Locks the free ones of the requested shards, and returns these. */
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
