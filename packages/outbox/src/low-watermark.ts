import type { Client } from 'pg';
import type { OutboxRowRef } from './queue.js';

/** After which a relay looks everywhere once more, whatever it knows: for rows that were not written by `append`. */
const FULL_LOOK_INTERVAL_MS = 60_000;

/** Below every 64-bit number: a row that was written by hand may have any id. */
const BELOW_ALL = -(2n ** 63n) - 1n;

/**
 * Below it a relay need not look: no row of its shards is there, and none can appear any more. Without it each look would pass all
 * removed rows that a long snapshot (a dump, a report) keeps from being cleaned: some 10 ms for every 100,000 of them.
 *
 * An id may be drawn early and committed late. So first a mark: the highest id seen, and a transaction number drawn after it. When
 * all transactions before that number have ended, no id up to the mark can still be committed, since `append` draws its
 * transaction's number before its ids. The next look then tells what is still waiting there.
 */
export class LowWatermark {
  #id = BELOW_ALL;
  #seen = BELOW_ALL;
  #settled = BELOW_ALL;
  #resetAt = performance.now();
  #mark: Mark | undefined;

  /** Look from this id on. */
  get from(): string {
    return String(this.#id + 1n);
  }

  /** Other shards have other rows: begins again. */
  reset(): void {
    this.#id = BELOW_ALL;
    this.#settled = BELOW_ALL;
    this.#mark = undefined;
    this.#resetAt = performance.now();
  }

  /** Takes note of what a look found. */
  found(rows: readonly OutboxRowRef[]): void {
    const [first, last] = [rows[0], rows.at(-1)];
    if (last && BigInt(last.id) > this.#seen) this.#seen = BigInt(last.id);
    const empty = first ? BigInt(first.id) - 1n : this.#settled;
    const rise = empty < this.#settled ? empty : this.#settled;
    if (rise > this.#id) this.#id = rise;
  }

  /** To be called now and then; at most one statement. */
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

/** Ids above the last one that was drawn were written by hand: those are still to come, so nothing can be said about them. */
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
