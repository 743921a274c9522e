import type { Client } from 'pg';
import { SHARDS } from './shard.js';

/** Namespace of our advisory locks within a database: "outb". */
const LOCK_CLASS = 0x6f757462;
/** Held by every relay, shared: so each can count the others. Shards have the numbers below it. */
const ENLISTED = SHARDS;

const ENLIST = 'select pg_advisory_lock_shared($1, $2)';

const ENLISTED_RELAYS = `
  select count(*)::int as relays, (count(*) filter (where pid < pg_backend_pid()))::int as rank
    from pg_locks
   where locktype = 'advisory' and granted and classid = $1 and objid = $2 and objsubid = 2
     and database = (select oid from pg_database where datname = current_database())`;

const LOCK = 'select shard from unnest($2::int[]) as wanted (shard) where pg_try_advisory_lock($1, shard)';

const UNLOCK = 'select pg_advisory_unlock($1, shard) from unnest($2::int[]) as given_up (shard)';

/**
 * The shards one relay holds, by advisory locks of its session: the server frees them when the session ends, however it ends.
 * Relays agree without a word: the n-th of m, by the number of their sessions, takes every m-th shard.
 */
export class ShardLocks {
  readonly #held = new Set<number>();

  private constructor(private readonly client: Client) {}

  static async enlist(client: Client): Promise<ShardLocks> {
    await client.query(ENLIST, [LOCK_CLASS, ENLISTED]);
    return new ShardLocks(client);
  }

  get held(): number[] {
    return [...this.#held];
  }

  /**
   * Gives up what is another's share, and takes what is free of its own; says whether it took any. Nothing of what it holds may
   * be in flight meanwhile.
   */
  async share(): Promise<boolean> {
    const { rows } = await this.client.query<{ relays: number; rank: number }>(ENLISTED_RELAYS, [LOCK_CLASS, ENLISTED]);
    const { relays, rank } = rows[0]!;
    const mine = new Set(
      Array.from({ length: SHARDS }, (_, shard) => shard).filter((shard) => shard % relays === rank),
    );
    await this.#unlock(this.held.filter((shard) => !mine.has(shard)));
    return this.#lock([...mine].filter((shard) => !this.#held.has(shard)));
  }

  async #unlock(shards: readonly number[]): Promise<void> {
    if (shards.length === 0) return;
    await this.client.query(UNLOCK, [LOCK_CLASS, shards]);
    for (const shard of shards) this.#held.delete(shard);
  }

  async #lock(shards: readonly number[]): Promise<boolean> {
    if (shards.length === 0) return false;
    const { rows } = await this.client.query<{ shard: number }>(LOCK, [LOCK_CLASS, shards]);
    for (const { shard } of rows) this.#held.add(shard);
    return rows.length > 0;
  }
}
