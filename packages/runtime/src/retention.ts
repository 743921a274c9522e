import type { Tx } from '@quadrille/choreography';
import { transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';
import type { Log } from './log.js';
import { PollingLoop } from './polling-loop.js';

/** Something whose old rows may go. */
export interface Purge {
  readonly name: string;
  /** Deletes at most `limit` rows in one statement and says how many. */
  readonly purge: (tx: Tx, limit: number) => Promise<number>;
}

export interface RetentionOptions {
  readonly pool: Pool;
  readonly rules: readonly Purge[];
  readonly intervalSeconds: number;
  /** Rows a statement. */
  readonly chunkRows: number;
  readonly log: Pick<Log, 'info' | 'error'>;
}

/** Shared by the instances of a service: whoever holds it in a transaction forgets, the others leave it to that one. */
const RETENTION_LOCK = 7_226_172_002;
/** In one round; what is left waits for the next, so that a large backlog never keeps the database busy. */
const MAX_CHUNKS_A_ROUND = 200;

/** Removes old rows again and again, in small transactions, on one instance at a time. */
export class Retention {
  private readonly loop: PollingLoop;
  private stopping = false;

  constructor(private readonly options: RetentionOptions) {
    this.loop = new PollingLoop(
      options.intervalSeconds * 1_000,
      () => this.sweep().then(() => false),
      (error) => options.log.error({ err: error }, 'Removing old rows failed; it will be tried again'),
    );
  }

  start(): void {
    this.loop.start();
  }

  /** Resolves when the chunk under way is done. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.loop.stop();
  }

  /** One round over all rules. Says how many rows went, by rule. */
  async sweep(): Promise<Record<string, number>> {
    const gone: Record<string, number> = {};
    for (const { name, purge } of this.options.rules) {
      gone[name] = await this.purgeAll(purge);
      if (gone[name] > 0) this.options.log.info({ what: name, rows: gone[name] }, 'removed old rows');
    }
    return gone;
  }

  private async purgeAll(forget: Purge['purge']): Promise<number> {
    let gone = 0;
    for (let chunk = 0; chunk < MAX_CHUNKS_A_ROUND && !this.stopping; chunk++) {
      const rows = await this.purgeChunk(forget);
      gone += rows;
      if (rows < this.options.chunkRows) break;
    }
    return gone;
  }

  private purgeChunk(forget: Purge['purge']): Promise<number> {
    return transaction(this.options.pool, async (tx) => {
      const { rows } = await tx.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1::bigint) as mine', [
        RETENTION_LOCK,
      ]);
      return rows[0]?.mine ? forget(tx, this.options.chunkRows) : 0;
    });
  }
}

/**
 * Deletes at most `limit` rows of a table, the oldest first, whose time in the column `at` is longer ago than `age` (`30 days`).
 * Says how many. The names are the code's, never a caller's.
 */
export async function purgeOlder(tx: Tx, table: string, at: string, age: string, limit: number): Promise<number> {
  const { rowCount } = await tx.query(
    // An array is made once; a subquery with a limit might run again for each row.
    `delete from ${table}
     where ctid = any(array(
       select ctid from ${table}
       where ${at} < now() - $1::interval
       order by ${at} limit $2::int for update skip locked))`,
    [age, limit],
  );
  return rowCount ?? 0;
}

/** Answers under idempotency keys that live no longer. */
export const purgeIdempotencyKeys = (liveHours: number): Purge => ({
  name: 'idempotency keys',
  purge: (tx, limit) => purgeOlder(tx, 'idempotency_keys', 'created_at', `${liveHours} hours`, limit),
});
