import type { Client, ClientBase, Pool } from 'pg';
import { SHARDS } from './append.js';

/** Class of the advisory locks in a database: "outb". */
const LOCK_CLASS = 0x6f757462;
type Queryable = Pick<ClientBase | Pool, 'query'>;

/** Shared lock of every relay, by which each counts the others. Shards have lower numbers. */
const REGISTERED = SHARDS;

/**
 * Advisory locks are per database: outboxes in two schemas need a class each, derived from the oid of the table. The class of the
 * schema `public` is fixed, so that relays of two versions share it.
 */
const REGISTER = `
  select class, pg_advisory_lock_shared(class, $2)
    from (select case when nspname = 'public' then $1::int
                      else (($1::int + pg_class.oid::int8) % 2147483648)::int end as class
            from pg_class join pg_namespace on pg_namespace.oid = relnamespace
           where pg_class.oid = 'outbox'::regclass) as outbox`;

/** As {@link REGISTER}, without holding anything. */
const RELAYS = `
  with lock_class as (
    select case when nspname = 'public' then $1::int
                else (($1::int + pg_class.oid::int8) % 2147483648)::int end as class
      from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where pg_class.oid = 'outbox'::regclass)
  select (count(*) filter (where objid = $2))::int as relays,
         coalesce(array_agg(distinct objid::int) filter (where objid < $2), '{}') as held
    from pg_locks, lock_class
   where locktype = 'advisory' and granted and classid = class and objsubid = 2
     and database = (select oid from pg_database where datname = current_database())`;

const RANK = `
  select (count(*) filter (where objid = $2))::int as relays,
         (count(*) filter (where objid = $2 and pid < pg_backend_pid()))::int as rank,
         coalesce(array_agg(objid::int) filter (where objid < $2), '{}') as held
    from pg_locks
   where locktype = 'advisory' and granted and classid = $1 and objsubid = 2
     and database = (select oid from pg_database where datname = current_database())`;

const LOCK = 'select shard from unnest($2::int[]) as wanted (shard) where pg_try_advisory_lock($1, shard)';

const UNLOCK = 'select pg_advisory_unlock($1, shard) from unnest($2::int[]) as given_up (shard)';

const ALL_SHARDS = Array.from({ length: SHARDS }, (_, shard) => shard);

const UNRELAYED = `
  with outboxes as (
    select nspname, case when nspname = 'public' then $1::int
                         else (($1::int + pg_class.oid::int8) % 2147483648)::int end as class
      from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relname = 'outbox' and relkind = 'r' and pg_class.oid is distinct from to_regclass('outbox')
       and exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'shard'))
  select nspname as schema from outboxes
   where not exists (select from pg_locks
                      where locktype = 'advisory' and granted and classid = class and objid = $2 and objsubid = 2
                        and database = (select oid from pg_database where datname = current_database()))
   order by nspname`;

/** How the outbox of a database is relayed at this moment. */
export interface RelayRank {
  /** Relays that are connected. */
  readonly relays: number;
  /** Shards that no relay holds: nothing of them is published. For moments also while relays share them anew. */
  readonly unheldShards: readonly number[];
}

/** Looks from outside, on a connection whose search path has the outbox. */
export async function relayRank(client: ClientBase): Promise<RelayRank> {
  const { rows } = await client.query<{ relays: number; held: number[] }>(RELAYS, [LOCK_CLASS, REGISTERED]);
  const { relays = 0, held = [] } = rows[0] ?? {};
  return { relays, unheldShards: ALL_SHARDS.filter((shard) => !held.includes(shard)) };
}

/** Returns the other schemas of the database whose outbox no relay publishes: its records wait without an error. */
export async function unrelayedSchemas(client: Queryable): Promise<string[]> {
  const { rows } = await client.query<{ schema: string }>(UNRELAYED, [LOCK_CLASS, REGISTERED]);
  return rows.map(({ schema }) => schema);
}

/**
 * The shards of one relay, held by advisory locks of its session: the server releases them whenever the session ends. Relays
 * agree without messages: relay n of m, in the order of their session ids, takes every m-th shard.
 */
export class ShardLocks {
  readonly #held = new Set<number>();

  private constructor(
    private readonly client: Client,
    private readonly lockClass: number,
  ) {}

  static async register(client: Client): Promise<ShardLocks> {
    const { rows } = await client.query<{ class: number }>(REGISTER, [LOCK_CLASS, REGISTERED]);
    return new ShardLocks(client, rows[0]!.class);
  }

  get held(): number[] {
    return [...this.#held];
  }

  /**
   * Releases shards of other relays, and locks the free ones of its own. Returns whether it took any, and the shards that no
   * relay holds. Call it with no send in flight.
   */
  async rebalance(): Promise<{ took: boolean; unheld: number[] }> {
    const { rows } = await this.client.query<{ relays: number; rank: number; held: number[] }>(RANK, [
      this.lockClass,
      REGISTERED,
    ]);
    const { relays, rank, held } = rows[0]!;
    const mine = new Set(ALL_SHARDS.filter((shard) => shard % relays === rank));
    await this.#unlock(this.held.filter((shard) => !mine.has(shard)));
    const took = await this.#lock([...mine].filter((shard) => !this.#held.has(shard)));
    return { took, unheld: ALL_SHARDS.filter((shard) => !this.#held.has(shard) && !held.includes(shard)) };
  }

  async #unlock(shards: readonly number[]): Promise<void> {
    if (shards.length === 0) return;
    await this.client.query(UNLOCK, [this.lockClass, shards]);
    for (const shard of shards) this.#held.delete(shard);
  }

  async #lock(shards: readonly number[]): Promise<boolean> {
    if (shards.length === 0) return false;
    const { rows } = await this.client.query<{ shard: number }>(LOCK, [this.lockClass, shards]);
    for (const { shard } of rows) this.#held.add(shard);
    return rows.length > 0;
  }
}
