import type { Client, Pool } from 'pg';
import { Floor } from './floor.js';
import { closeOwn, openOwn } from './own-connection.js';
import { take, type Waiting } from './queue.js';
import type { RelayLimits } from './relay-options.js';
import { ShardLocks } from './shard-locks.js';

/** A relay's connection, and what ends with it: the shards it holds and what it knows of them. */
export class Session {
  readonly #floor = new Floor();
  #surveyedAt = Number.NEGATIVE_INFINITY;

  private constructor(
    readonly client: Client,
    private readonly locks: ShardLocks,
    private readonly limits: RelayLimits,
  ) {}

  static async open(pool: Pool, limits: RelayLimits, lost: () => void): Promise<Session> {
    const client = await openOwn(pool, limits.statementTimeoutMs, lost);
    try {
      return new Session(client, await ShardLocks.enlist(client), limits);
    } catch (error) {
      await closeOwn(client);
      throw error;
    }
  }

  get heldShards(): number {
    return this.locks.held.length;
  }

  /** From time to time: shares the shards with the other relays. Nothing may be in flight meanwhile. Says whether it was time. */
  async survey(): Promise<boolean> {
    if (performance.now() - this.#surveyedAt < this.limits.sharingIntervalMs) return false;
    if (await this.locks.share()) this.#floor.reset();
    else await this.#floor.survey(this.client);
    this.#surveyedAt = performance.now();
    return true;
  }

  /** The first rows of the held shards, in the order of their ids. */
  async take(): Promise<Waiting[]> {
    const rows = await take(this.client, this.#floor.id, this.locks.held, this.limits.batchRows);
    this.#floor.found(rows);
    return rows;
  }

  close(): Promise<void> {
    return closeOwn(this.client);
  }
}
