import type { IncomingRecord } from '@quadrille/kafka';
import type { Pool } from 'pg';
import type { Listening } from './listening.js';
import { mayPass, messageOf, type Scope, scopeOf } from './pg-errors.js';
import { retryConflicts } from './retry-conflicts.js';
import { transaction } from './transaction.js';

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
  try {
    await retryConflicts(() => transaction(pool, (tx) => listening.onRecords(tx, records)), onConflict);
  } catch (error) {
    if (hitsAll(scopeOf(error))) throw error;
    await isolate(pool, listening, records, error);
  }
}

/** A reader has no key that could wait: what is locked is waited for by all, and what cannot work takes nothing from anybody. */
const hitsAll = (scope: Scope | undefined): boolean => mayPass(scope) || scope === 'locked' || scope === 'conflict';

/** Halves the batch until the record at fault stands alone. */
async function isolate(pool: Pool, listening: Listening, records: readonly IncomingRecord[], error: unknown) {
  const [only] = records;
  if (only && records.length === 1) {
    return transaction(pool, (tx) => listening.onRefused(tx, only, messageOf(error)));
  }
  const middle = Math.ceil(records.length / 2);
  await keepRecords(pool, listening, records.slice(0, middle));
  await keepRecords(pool, listening, records.slice(middle));
}
