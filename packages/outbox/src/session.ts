import type { Client } from 'pg';
import type { OutboxRow } from './append.js';
import { AcknowledgedRows, RecordCache } from './known-rows.js';
import { LowWatermark } from './low-watermark.js';
import { recordsOf } from './outbox-row.js';
import { closeOwn } from './own-connection.js';
import {
  fetchHeld,
  heldTopics,
  isTooLarge,
  MAX_ROW_BYTES,
  type OutboxRowRef,
  oldestAgeMs,
  type PendingRow,
  read,
  removeAndFetch,
  upTo,
  waitingRead,
} from './queue.js';
import type { RelayLimits } from './relay-options.js';
import { moveToDeadLetters } from './settle-split.js';
import { ShardLocks } from './shard-locks.js';

/** Maximum topics to retry that were blocked before this relay took their shards. */
const MAX_FOUND_TOPICS = 1_000;

interface Survey {
  readonly topics: readonly string[];
  readonly oldestAgeMs: number | undefined;
  readonly unheldShards: readonly number[];
}

/** A relay's connection, with the state that ends with it: held shards, low watermark and cache. */
export class Session {
  readonly #watermark = new LowWatermark();
  readonly #cached: RecordCache;
  /** Deleted by the next read of {@link next}. */
  readonly acknowledged = new AcknowledgedRows();
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

  /** A read that another connection may make for this one, while this one is idle. */
  waitingRead() {
    return waitingRead(this.#watermark.from, this.#held, this.limits.batchRecords);
  }

  /**
   * Takes rows of that read. Returns undefined if rows must be deleted or read first, or some were written by another process:
   * then {@link next} takes them.
   */
  accept(found: readonly OutboxRowRef[]): PendingRow[] | undefined {
    if (this.acknowledged.removesWithinMs === 0 || found.length >= this.limits.batchRecords) return undefined;
    const waiting = this.acknowledged.without(found);
    if (upTo(this.limits, waiting).length < waiting.length) return undefined;
    const rows: PendingRow[] = [];
    for (const place of waiting) {
      const records = this.#cached.get(place);
      if (!records) return undefined;
      rows.push({ id: place.id, records });
    }
    this.#watermark.found(found);
    this.#sawAll = true;
    return rows;
  }

  /**
   * Rebalances the shards with the other relays; called periodically, with no send in flight. Returns the topics for which rows of
   * the shards are held back if it took any, the age of the first row, and the unheld shards.
   */
  async survey(): Promise<Survey> {
    const { took, unheld } = await this.locks.rebalance();
    if (took) this.#watermark.reset();
    else await this.#watermark.refresh(this.client);
    this.#held = this.locks.held;
    this.#surveyedAt = performance.now();
    const oldest = await oldestAgeMs(this.client, this.#watermark.from, this.#held);
    const topics = took ? await heldTopics(this.client, this.#held, MAX_FOUND_TOPICS) : [];
    return { topics, oldestAgeMs: oldest, unheldShards: unheld };
  }

  /** Caches rows that were just committed. */
  cache(rows: readonly OutboxRow[]): void {
    for (const row of rows) if (this.#held.includes(row.shard)) this.#cached.put(row);
  }

  evict(rows: readonly Pick<PendingRow, 'id'>[]): void {
    for (const { id } of rows) this.#cached.remove(id);
  }

  /** Deletes acknowledged rows, and takes the first rows of the held shards in the order of ids. */
  async next(): Promise<PendingRow[]> {
    for (;;) {
      const removed = this.acknowledged.take();
      const places = await removeAndFetch(
        this.client,
        removed,
        this.#watermark.from,
        this.#held,
        this.limits.batchRecords,
      );
      this.evict(removed);
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
