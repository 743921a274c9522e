import type { Client } from 'pg';
import type { Place } from './queue.js';

/** After which a relay looks everywhere once more, whatever it knows: for rows that were not written by `append`. */
const FULL_LOOK_INTERVAL_MS = 60_000;

/**
 * Below it a relay need not look: no row of its shards is there, and none can appear any more. Without it each look would pass all
 * removed rows that a long snapshot (a dump, a report) keeps from being cleaned: some 10 ms for every 100,000 of them.
 *
 * An id may be drawn early and committed late. So first a mark: the highest id seen, and a transaction number drawn after it. When
 * all transactions before that number have ended, no id up to the mark can still be committed, since `append` draws its
 * transaction's number before its ids. The next look then tells what is still waiting there.
 */
export class Floor {
  #id = 0n;
  #seen = 0n;
  #settled = 0n;
  #resetAt = performance.now();
  #mark: { readonly upTo: bigint; readonly transaction: string } | undefined;

  /** Look above this id. */
  get id(): string {
    return String(this.#id);
  }

  /** Other shards have other rows: begins again. */
  reset(): void {
    this.#id = 0n;
    this.#settled = 0n;
    this.#mark = undefined;
    this.#resetAt = performance.now();
  }

  /** Takes note of what a look found. */
  found(rows: readonly Place[]): void {
    const [first, last] = [rows[0], rows.at(-1)];
    if (last && BigInt(last.id) > this.#seen) this.#seen = BigInt(last.id);
    const empty = first ? BigInt(first.id) - 1n : this.#settled;
    const rise = empty < this.#settled ? empty : this.#settled;
    if (rise > this.#id) this.#id = rise;
  }

  /** To be called now and then; at most one statement. */
  async survey(client: Client): Promise<void> {
    if (performance.now() - this.#resetAt > FULL_LOOK_INTERVAL_MS) this.reset();
    if (!this.#mark) {
      if (this.#seen > this.#id) this.#mark = { upTo: this.#seen, transaction: await nextTransaction(client) };
    } else if (await allEndedBefore(client, this.#mark.transaction)) {
      this.#settled = this.#mark.upTo;
      this.#mark = undefined;
    }
  }
}

async function nextTransaction(client: Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>('select pg_current_xact_id()::text as id');
  return rows[0]!.id;
}

async function allEndedBefore(client: Client, transaction: string): Promise<boolean> {
  const { rows } = await client.query<{ ended: boolean }>(
    'select pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8 as ended',
    [transaction],
  );
  return rows[0]!.ended;
}
