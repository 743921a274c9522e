import type { Tx } from '@quadrille/choreography';
import { transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';
import type { Log } from './log.js';
import { PollingLoop } from './polling-loop.js';

/** Deletes old rows of one kind. */
export interface Purge {
  readonly name: string;
  /** Deletes at most `limit` rows in one statement and returns their number. */
  readonly purge: (tx: Tx, limit: number) => Promise<number>;
}

export interface RetentionOptions {
  readonly pool: Pool;
  readonly rules: readonly Purge[];
  readonly intervalSeconds: number;
  /** Rows per statement. */
  readonly chunkRows: number;
  readonly log: Pick<Log, 'info' | 'error'>;
}

/** Shared by the instances of a service: the instance that holds it in a transaction deletes, the others skip the round. */
const RETENTION_LOCK = 7_226_172_002;
/** Per round; the rest waits for the next, so that a large backlog does not occupy the database. */
const MAX_CHUNKS_A_ROUND = 200;

/** Removes old rows again and again, in small transactions, on one instance at a time. */
export class Retention {
  private readonly loop: PollingLoop;
  private stopping = false;

  constructor(private readonly options: RetentionOptions) {
    this.loop = new PollingLoop(
      options.intervalSeconds * 1_000,
      () => this.sweep().then(() => false),
      (error) => options.log.error({ err: error }, 'old rows not removed; will be retried'),
    );
  }

  start(): void {
    this.loop.start();
  }

  /** Resolves when the running chunk is done. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.loop.stop();
  }

  /** Runs one round over all rules. Returns the number of deleted rows by rule. */
  async sweep(): Promise<Record<string, number>> {
    const gone: Record<string, number> = {};
    for (const { name, purge } of this.options.rules) {
      gone[name] = await this.purgeAll(purge);
      if (gone[name] > 0) this.options.log.info({ what: name, rows: gone[name] }, 'old rows removed');
    }
    return gone;
  }

  private async purgeAll(purge: Purge['purge']): Promise<number> {
    let gone = 0;
    for (let chunk = 0; chunk < MAX_CHUNKS_A_ROUND && !this.stopping; chunk++) {
      const rows = await this.purgeChunk(purge);
      gone += rows;
      if (rows < this.options.chunkRows) break;
    }
    return gone;
  }

  private purgeChunk(purge: Purge['purge']): Promise<number> {
    return transaction(this.options.pool, async (tx) => {
      const { rows } = await tx.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1::bigint) as mine', [
        RETENTION_LOCK,
      ]);
      return rows[0]?.mine ? purge(tx, this.options.chunkRows) : 0;
    });
  }
}

/**
 * Deletes at most `limit` rows of a table, oldest first, whose time in the column `at` is older than `age` (`30 days`). Returns
 * their number. The names are constants of the code, never input.
 */
export async function purgeOlder(tx: Tx, table: string, at: string, age: string, limit: number): Promise<number> {
  const { rowCount } = await tx.query(
    // An array is computed once; a subquery with a limit might run again for each row.
    `delete from ${table}
     where ctid = any(array(
       select ctid from ${table}
       where ${at} < now() - $1::interval
       order by ${at} limit $2::int for update skip locked))`,
    [age, limit],
  );
  return rowCount ?? 0;
}

/** Deletes expired answers of idempotency keys. */
export const purgeIdempotencyKeys = (liveHours: number): Purge => ({
  name: 'idempotency keys',
  purge: (tx, limit) => purgeOlder(tx, 'idempotency_keys', 'created_at', `${liveHours} hours`, limit),
});
