import type { Client } from 'pg';
import type { OutboxRowRef } from './queue.js';

/** Interval in ms of reads from the lowest id, for rows that were not written by `append`. */
const FULL_LOOK_INTERVAL_MS = 60_000;

/** Below every 64-bit number: a row inserted by hand may have any id. */
const BELOW_ALL = -(2n ** 63n) - 1n;

/**
 * Low watermark: no row of the relay's shards at or below this id exists or can still be committed. Without it, each read would
 * pass all deleted rows that a long snapshot (a dump, a report) protects from vacuum: some 10 ms per 100,000 rows.
 *
 * An id may be assigned early and committed late. So the relay first takes a mark: the highest id seen, and a transaction id
 * assigned after it. Once all transactions before that one have ended, no id up to the mark can still be committed, since
 * `append` assigns its transaction id before its row ids. The next read then finds the rows that still wait there.
 */
export class LowWatermark {
  #id = BELOW_ALL;
  #seen = BELOW_ALL;
  #settled = BELOW_ALL;
  #resetAt = performance.now();
  #mark: Mark | undefined;

  /** First id to read. */
  get from(): string {
    return String(this.#id + 1n);
  }

  /** Starts again after a change of shards, which have other rows. */
  reset(): void {
    this.#id = BELOW_ALL;
    this.#settled = BELOW_ALL;
    this.#mark = undefined;
    this.#resetAt = performance.now();
  }

  /** Records the result of a read. */
  found(rows: readonly OutboxRowRef[]): void {
    const [first, last] = [rows[0], rows.at(-1)];
    if (last && BigInt(last.id) > this.#seen) this.#seen = BigInt(last.id);
    const empty = first ? BigInt(first.id) - 1n : this.#settled;
    const rise = empty < this.#settled ? empty : this.#settled;
    if (rise > this.#id) this.#id = rise;
  }

  /** Called periodically; runs at most one statement. */
  async refresh(client: Client): Promise<void> {
    if (performance.now() - this.#resetAt > FULL_LOOK_INTERVAL_MS) this.reset();
    if (!this.#mark) {
      if (this.#seen > this.#id) this.#mark = await markUpTo(client, this.#seen);
    } else if (await allEndedBefore(client, this.#mark.transaction)) {
      this.#settled = this.#mark.upTo;
      this.#mark = undefined;
    }
  }
}

interface Mark {
  readonly upTo: bigint;
  readonly transaction: string;
}

/** Ids above the last assigned one were inserted by hand. The sequence will assign them later, so they are excluded. */
async function markUpTo(client: Client, seen: bigint): Promise<Mark> {
  const { rows } = await client.query<{ drawn: string | null; transaction: string }>(
    `select pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id')) as drawn, pg_current_xact_id()::text as transaction`,
  );
  const { drawn, transaction } = rows[0]!;
  const last = drawn === null ? BELOW_ALL : BigInt(drawn);
  return { upTo: seen < last ? seen : last, transaction };
}

async function allEndedBefore(client: Client, transaction: string): Promise<boolean> {
  const { rows } = await client.query<{ ended: boolean }>(
    'select pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8 as ended',
    [transaction],
  );
  return rows[0]!.ended;
}
