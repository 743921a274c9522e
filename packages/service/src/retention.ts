import type { Tx } from '@quadrille/choreography';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { Every } from './every.js';
import { transaction } from './transaction.js';

/** Something whose old rows may go. */
export interface Forgetting {
  readonly what: string;
  /** Deletes at most `limit` rows in one statement and says how many. */
  readonly forget: (tx: Tx, limit: number) => Promise<number>;
}

export interface RetentionOptions {
  readonly pool: Pool;
  readonly rules: readonly Forgetting[];
  readonly intervalSeconds: number;
  /** Rows a statement. */
  readonly chunkRows: number;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

/** Shared by the instances of a service: whoever holds it in a transaction forgets, the others leave it to that one. */
const RETENTION_LOCK = 7_226_172_002;
/** In one round; what is left waits for the next, so that a large backlog never keeps the database busy. */
const MAX_CHUNKS_A_ROUND = 200;

/** Removes old rows again and again, in small transactions, on one instance at a time. */
export class Retention {
  private readonly every: Every;
  private stopping = false;

  constructor(private readonly options: RetentionOptions) {
    this.every = new Every(
      options.intervalSeconds * 1_000,
      () => this.round().then(() => false),
      (error) => options.log.error({ err: error }, 'Removing old rows failed; it will be tried again'),
    );
  }

  start(): void {
    this.every.start();
  }

  /** Resolves when the chunk under way is done. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.every.stop();
  }

  /** One round over all rules. Says how many rows went, by rule. */
  async round(): Promise<Record<string, number>> {
    const gone: Record<string, number> = {};
    for (const { what, forget } of this.options.rules) {
      gone[what] = await this.forgetAll(forget);
      if (gone[what] > 0) this.options.log.info({ what, rows: gone[what] }, 'removed old rows');
    }
    return gone;
  }

  private async forgetAll(forget: Forgetting['forget']): Promise<number> {
    let gone = 0;
    for (let chunk = 0; chunk < MAX_CHUNKS_A_ROUND && !this.stopping; chunk++) {
      const rows = await this.forgetChunk(forget);
      gone += rows;
      if (rows < this.options.chunkRows) break;
    }
    return gone;
  }

  private forgetChunk(forget: Forgetting['forget']): Promise<number> {
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
export async function forgetOlder(tx: Tx, table: string, at: string, age: string, limit: number): Promise<number> {
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
export const forgetIdempotencyKeys = (liveHours: number): Forgetting => ({
  what: 'idempotency keys',
  forget: (tx, limit) => forgetOlder(tx, 'idempotency_keys', 'created_at', `${liveHours} hours`, limit),
});
