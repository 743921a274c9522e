import type { IncomingRecord } from '@quadrille/kafka';
import {
  HURRIED_CONFLICTS,
  isTransient,
  MAX_CONFLICTS,
  messageOf,
  retryConflicts,
  scopeOf,
  transaction,
} from '@quadrille/postgres';
import type { Pool } from 'pg';
import { hurry } from '../batch/held.js';
import { keyOf, parkRecords, withoutParked } from '../parked/park-records.js';
import type { Projection } from '../runtime-definition.js';

/** Observer of applied records, for metrics. */
export interface ReadObserver {
  applied(records: number, seconds: number): void;
  readonly conflict: (error: unknown) => void;
}

/**
 * Time limit in ms for isolating keys at fault. The remaining keys count as locked, so that a locked table costs no more than a
 * row.
 */
const ISOLATE_MS = 4_000;

/** A read model and its database. */
export interface ReadModel {
  readonly pool: Pool;
  readonly projection: Projection;
  /** Steps of other services whose messages are parked in the same database. */
  readonly otherSteps?: readonly string[] | undefined;
  readonly onConflict?: ((error: unknown) => void) | undefined;
}

/**
 * Writes records to the read model in one transaction; if some are at fault, in several. Records of a key that another session
 * has locked are parked and retried; a record that the database rejects goes to `onRefused`. Rejects only if no record is at
 * fault (the database or the deployment); the same records can then be retried.
 */
export async function applyRecords(model: ReadModel, records: readonly IncomingRecord[]): Promise<void> {
  try {
    await inOne(model, records, false);
  } catch (error) {
    await isolate(model, records, error, performance.now() + ISOLATE_MS);
  }
}

/** `hurried`: with short waits for locks and few retries of conflicts. */
function inOne(model: ReadModel, records: readonly IncomingRecord[], hurried: boolean): Promise<void> {
  const { pool, projection, onConflict } = model;
  const work = () =>
    transaction(pool, async (tx) => {
      if (hurried) await hurry(tx);
      const fresh = await withoutParked(tx, records);
      if (fresh.length > 0) await projection.onRecords(tx, fresh);
    });
  return retryConflicts(work, onConflict, hurried ? HURRIED_CONFLICTS : MAX_CONFLICTS);
}

/** Halves the batch until the locked key, or the record at fault, is alone. */
async function isolate(
  model: ReadModel,
  records: readonly IncomingRecord[],
  error: unknown,
  until: number,
): Promise<void> {
  if (isTransient(scopeOf(error))) throw error;
  const keys = [...new Set(records.map(keyOf))];
  if (isHeld(error) && (keys.length === 1 || performance.now() > until)) {
    return transaction(model.pool, (tx) => parkRecords(tx, records, messageOf(error)));
  }
  if (records.length === 1) return refuse(model, records[0]!, error);
  for (const half of halvesOf(records, keys)) {
    try {
      await inOne(model, half, true);
    } catch (inner) {
      await isolate(model, half, inner, until);
    }
  }
}

/** Another session locks rows of the key, or is faster each time: a transient failure. */
export const isHeld = (error: unknown): boolean => ['locked', 'conflict'].includes(scopeOf(error) ?? '');

/** Splits by key, so that records of one key stay in order; by position if there is only one key. */
function halvesOf(records: readonly IncomingRecord[], keys: readonly string[]): (readonly IncomingRecord[])[] {
  if (keys.length === 1) {
    const middle = Math.ceil(records.length / 2);
    return [records.slice(0, middle), records.slice(middle)];
  }
  const first = new Set(keys.slice(0, Math.ceil(keys.length / 2)));
  const isFirst = (record: IncomingRecord) => first.has(keyOf(record));
  return [records.filter(isFirst), records.filter((record) => !isFirst(record))];
}

/** Stores a record that the database rejects: whole, or else its place and cause. Rejects if neither can be written. */
async function refuse(model: ReadModel, record: IncomingRecord, error: unknown): Promise<void> {
  const { pool, projection } = model;
  const cause = messageOf(error);
  try {
    await transaction(pool, (tx) => projection.onRefused(tx, record, cause));
  } catch (again) {
    if (isTransient(scopeOf(again))) throw again;
    if (isHeld(again)) return transaction(pool, (tx) => parkRecords(tx, [record], messageOf(again)));
    const { topic, partition, offset, timestamp } = record;
    const place = { topic, partition, offset, timestamp, key: null, headers: {}, value: null };
    await transaction(pool, (tx) => projection.onRefused(tx, place, cause));
  }
}
