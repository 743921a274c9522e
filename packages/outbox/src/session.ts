import type { Client } from 'pg';
import type { OutboxRow } from './append.js';
import { LowWatermark } from './low-watermark.js';
import { recordsOf } from './outbox-row.js';
import { closeOwn } from './own-connection.js';
import {
  fetchHeld,
  heldTopics,
  type OutboxRowRef,
  oldestAgeMs,
  type PendingRow,
  RecordCache,
  read,
  removeAndFetch,
} from './queue.js';
import type { RelayLimits } from './relay-options.js';
import { moveToDeadLetters } from './settle-split.js';
import { ShardLocks } from './shard-locks.js';

/** Larger rows are never read: `append` writes none, and a single one could exhaust the memory of the process. */
const MAX_ROW_BYTES = 64_000_000;

/** A relay's connection, with the state that ends with it: held shards, low watermark and cache. */
export class Session {
  readonly #watermark = new LowWatermark();
  readonly #cached: RecordCache;
  #held: readonly number[] = [];
  #surveyedAt = Number.NEGATIVE_INFINITY;
  #sawAll = false;

  private constructor(
    readonly client: Client,
    private readonly locks: ShardLocks,
    private readonly limits: RelayLimits,
    private readonly unreadable: (id: string, cause: string) => void,
  ) {
    this.#cached = new RecordCache(limits.memoryCharacters);
  }

  /**
   * Registers the relay; the session owns the connection from now on. `unreadable` is called for each row moved to `outbox_dead`.
   */
  static async open(
    client: Client,
    limits: RelayLimits,
    unreadable: (id: string, cause: string) => void,
  ): Promise<Session> {
    try {
      return new Session(client, await ShardLocks.register(client), limits, unreadable);
    } catch (error) {
      await closeOwn(client);
      throw error;
    }
  }

  get heldShards(): number {
    return this.#held.length;
  }

  get isSurveyDue(): boolean {
    return performance.now() - this.#surveyedAt >= this.limits.sharingIntervalMs;
  }

  /** Whether the last read returned all waiting rows. */
  get sawAll(): boolean {
    return this.#sawAll;
  }

  /**
   * Rebalances the shards with the other relays; called periodically, with no send in flight. Returns whether it took any, the
   * age of the first row, and the unheld shards.
   */
  async survey(): Promise<{ tookShards: boolean; oldestAgeMs: number | undefined; unheldShards: readonly number[] }> {
    const { took, unheld } = await this.locks.rebalance();
    if (took) this.#watermark.reset();
    else await this.#watermark.refresh(this.client);
    this.#held = this.locks.held;
    this.#surveyedAt = performance.now();
    const oldest = await oldestAgeMs(this.client, this.#watermark.from, this.#held);
    return { tookShards: took, oldestAgeMs: oldest, unheldShards: unheld };
  }

  /** Returns the topics for which rows of the held shards are held back. */
  heldTopics(limit: number): Promise<string[]> {
    return heldTopics(this.client, this.#held, limit);
  }

  /** Caches rows that were just committed. */
  cache(rows: readonly OutboxRow[]): void {
    for (const row of rows) if (this.#held.includes(row.shard)) this.#cached.put(row);
  }

  evict(rows: readonly Pick<PendingRow, 'id'>[]): void {
    for (const { id } of rows) this.#cached.remove(id);
  }

  /** Deletes acknowledged rows, and takes the first rows of the held shards in the order of ids. */
  async next(acknowledged: readonly PendingRow[]): Promise<PendingRow[]> {
    let removed = acknowledged;
    for (;;) {
      const places = await removeAndFetch(
        this.client,
        removed,
        this.#watermark.from,
        this.#held,
        this.limits.batchRecords,
      );
      this.evict(removed);
      removed = [];
      // No row waits: clear the cache, since rows deleted by others would stay in it.
      if (places.length === 0) this.#cached.clear();
      this.#watermark.found(places);
      const taken = upTo(this.limits, places);
      this.#sawAll = taken.length === places.length && places.length < this.limits.batchRecords;
      const rows = await this.#fill(taken);
      // Unreadable rows were moved away: the rows behind them are next.
      if (rows.length > 0 || places.length === 0) return rows;
    }
  }

  /** Returns the first rows held back for a topic, in the order of ids. */
  async nextHeld(topic: string): Promise<PendingRow[]> {
    for (;;) {
      const places = await fetchHeld(this.client, topic, this.#held, this.limits.batchRecords);
      const rows = await this.#fill(upTo(this.limits, places));
      if (rows.length > 0 || places.length === 0) return rows;
    }
  }

  async #fill(places: readonly OutboxRowRef[]): Promise<PendingRow[]> {
    const cached = places.map((place) => this.#cached.get(place));
    const unknown = places.filter((_, at) => !cached[at]);
    const texts = await read(
      this.client,
      unknown.filter(({ bytes }) => !isTooLarge(bytes)).map(({ id }) => id),
    );
    const rows: PendingRow[] = [];
    for (const [at, { id, bytes }] of places.entries()) {
      const records = cached[at] ?? (await this.#read(id, bytes, texts.get(id)));
      if (records) rows.push({ id, records });
    }
    return rows;
  }

  /** Returns undefined for a deleted row, and for an unreadable row, which is moved to `outbox_dead`. */
  async #read(id: string, bytes: number, text: string | undefined): Promise<PendingRow['records'] | undefined> {
    try {
      if (isTooLarge(bytes)) throw new Error(`Its ${bytes} bytes exceed the maximum of ${MAX_ROW_BYTES}.`);
      return text === undefined ? undefined : recordsOf(text);
    } catch (error) {
      const cause = `The row cannot be read. ${(error as Error).message}`;
      await moveToDeadLetters(this.client, id, cause);
      this.unreadable(id, cause);
      return undefined;
    }
  }

  close(): Promise<void> {
    return closeOwn(this.client);
  }
}

const isTooLarge = (bytes: number): boolean => bytes > MAX_ROW_BYTES;

/** Returns the first rows that together stay within both limits; at least one. */
function upTo({ batchRecords, batchBytes }: RelayLimits, places: readonly OutboxRowRef[]): OutboxRowRef[] {
  let [records, left] = [batchRecords, batchBytes];
  const over = places.findIndex(({ size, bytes }, at) => {
    records -= Math.max(1, size);
    left -= isTooLarge(bytes) ? 0 : bytes;
    return (records < 0 || left < 0) && at > 0;
  });
  return over < 0 ? [...places] : places.slice(0, over);
}
