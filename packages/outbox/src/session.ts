import type { Client } from 'pg';
import { Floor } from './floor.js';
import { Memory } from './memory.js';
import { closeOwn } from './own-connection.js';
import type { Parcel } from './parcel.js';
import { type Place, read, removeAndLook, type Waiting } from './queue.js';
import type { RelayLimits } from './relay-options.js';
import { ShardLocks } from './shard-locks.js';

/** A relay's connection, and what ends with it: the shards it holds and what it knows of them. */
export class Session {
  readonly #floor = new Floor();
  readonly #memory: Memory;
  #held: ReadonlySet<number> = new Set();
  #surveyedAt = Number.NEGATIVE_INFINITY;
  #sawAll = false;

  private constructor(
    readonly client: Client,
    private readonly locks: ShardLocks,
    private readonly limits: RelayLimits,
  ) {
    this.#memory = new Memory(limits.memoryCharacters);
  }

  /** Takes its part in the work; the connection is its own from now on. */
  static async open(client: Client, limits: RelayLimits): Promise<Session> {
    try {
      return new Session(client, await ShardLocks.enlist(client), limits);
    } catch (error) {
      await closeOwn(client);
      throw error;
    }
  }

  get heldShards(): number {
    return this.#held.size;
  }

  get isSurveyDue(): boolean {
    return performance.now() - this.#surveyedAt >= this.limits.sharingIntervalMs;
  }

  /** The last look took everything that was there. */
  get sawAll(): boolean {
    return this.#sawAll;
  }

  /** From time to time: shares the shards with the other relays. Nothing may be in flight meanwhile. */
  async survey(): Promise<void> {
    if (await this.locks.share()) this.#floor.reset();
    else await this.#floor.survey(this.client);
    this.#held = new Set(this.locks.held);
    this.#surveyedAt = performance.now();
  }

  /** What was committed just now, as it was written. */
  remember(parcels: readonly Parcel[]): void {
    for (const parcel of parcels) if (this.#held.has(parcel.shard)) this.#memory.remember(parcel);
  }

  /** Removes what was acknowledged, and takes the first rows of the held shards, in the order of their ids. */
  async next(acknowledged: readonly Waiting[]): Promise<Waiting[]> {
    const places = await removeAndLook(
      this.client,
      acknowledged,
      this.#floor.id,
      [...this.#held],
      this.limits.batchRecords,
    );
    for (const { id } of acknowledged) this.#memory.forget(id);
    // Nothing waits, so nothing of it needs remembering: what somebody else removed would stay for ever.
    if (places.length === 0) this.#memory.clear();
    this.#floor.found(places);
    const taken = upTo(this.limits.batchRecords, places);
    this.#sawAll = taken.length === places.length && places.length < this.limits.batchRecords;
    return this.#fill(taken);
  }

  async #fill(places: readonly Place[]): Promise<Waiting[]> {
    const known = places.map(({ id }) => this.#memory.recall(id));
    const there = await read(
      this.client,
      places.flatMap(({ id }, at) => (known[at] ? [] : [id])),
    );
    return places.flatMap(({ id }, at) => {
      const records = known[at] ?? there.get(id);
      return records ? [{ id, records }] : [];
    });
  }

  close(): Promise<void> {
    return closeOwn(this.client);
  }
}

/** As many of the first as together hold so many records; at least one. */
function upTo(records: number, places: readonly Place[]): Place[] {
  let left = records;
  const over = places.findIndex(({ size }, at) => {
    left -= size;
    return left < 0 && at > 0;
  });
  return over < 0 ? [...places] : places.slice(0, over);
}
