import { setTimeout as pause } from 'node:timers/promises';
import type { IncomingRecord } from '@quadrille/kafka';
import type { Pool } from 'pg';
import { fullJitter } from './backoff.js';
import type { Listening } from './listening.js';
import { transaction } from './transaction.js';
import { isConflict, isFaultOfTheData } from './what-failed.js';

const MAX_CONFLICTS = 20;
const CONFLICT_PAUSE_MS = 5;
const CONFLICT_PAUSE_CAP_MS = 200;

/**
 * Keeps records in one transaction; where the database refuses the data of one, in a few: the others go on without it. Rejects
 * only when the database cannot be reached; then the same records may come again.
 */
export async function keepRecords(
  pool: Pool,
  listening: Listening,
  records: readonly IncomingRecord[],
  onConflict?: (error: unknown) => void,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(pool, (tx) => listening.onRecords(tx, records));
    } catch (error) {
      if (isConflict(error) && attempt < MAX_CONFLICTS) {
        onConflict?.(error);
        await pause(fullJitter(attempt, CONFLICT_PAUSE_MS, CONFLICT_PAUSE_CAP_MS));
      } else if (isFaultOfTheData(error)) {
        return isolate(pool, listening, records, error);
      } else throw error;
    }
  }
}

/** Halves the batch until the record at fault stands alone. */
async function isolate(pool: Pool, listening: Listening, records: readonly IncomingRecord[], error: unknown) {
  const [only] = records;
  if (only && records.length === 1) {
    const cause = error instanceof Error ? error.message : String(error);
    return transaction(pool, (tx) => listening.onRefused(tx, only, cause));
  }
  const middle = Math.ceil(records.length / 2);
  await keepRecords(pool, listening, records.slice(0, middle));
  await keepRecords(pool, listening, records.slice(middle));
}
