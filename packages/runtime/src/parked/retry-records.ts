import type { Tx } from '@quadrille/choreography';
import { reschedule, type StoredRow, takeDue, unpark } from '@quadrille/inbox';
import type { IncomingRecord } from '@quadrille/kafka';
import { HURRIED_CONFLICTS, isTransient, messageOf, retryConflicts, scopeOf, transaction } from '@quadrille/postgres';
import { hurry } from '../batch/held.js';
import { isHeld, type ReadModel } from '../projection/apply-records.js';
import { retryDecisionOf } from './park-or-dead-letter.js';
import { isRecord } from './parkable.js';

/** Number of processed keys, and the maximum for the next round. */
interface Round {
  readonly taken: number;
  readonly next: number;
}

/**
 * Writes the first parked record of each due key to the read model, in one transaction with short waits for locks. If a record
 * fails the transaction, the number of keys is halved until it is alone and is rescheduled or rejected; then the number doubles
 * again.
 */
export async function retryRecords(model: ReadModel, most: number, limit = most): Promise<Round> {
  let tried: readonly StoredRow[] = [];
  try {
    await retryConflicts(
      () =>
        inDue(model, limit, async (tx, rows) => {
          tried = rows;
          await retryAll(tx, model, rows);
        }),
      model.onConflict,
      HURRIED_CONFLICTS,
    );
    return { taken: tried.length, next: Math.min(most, 2 * limit) };
  } catch (error) {
    if (isTransient(scopeOf(error)) || tried.length === 0) throw error;
    if (tried.length > 1) return retryRecords(model, most, Math.ceil(tried.length / 2));
    await settle(model, tried[0]!, error);
    return { taken: 1, next: 1 };
  }
}

const inDue = (
  { pool, otherSteps }: ReadModel,
  limit: number,
  work: (tx: Tx, rows: readonly StoredRow[]) => Promise<void>,
) =>
  transaction(pool, async (tx) => {
    await hurry(tx);
    await work(tx, await takeDue(tx, limit, otherSteps));
  });

async function retryAll(tx: Tx, { projection }: ReadModel, rows: readonly StoredRow[]): Promise<void> {
  const whole = rows.filter(({ message }) => isRecord(message));
  if (whole.length > 0) {
    await projection.onRecords(
      tx,
      whole.map(({ message }) => message as IncomingRecord),
    );
    await unpark(
      tx,
      whole.map(({ id }) => id),
    );
  }
  const cause = 'The parked message does not have the form of a record.';
  const broken = rows.filter(({ message }) => !isRecord(message));
  await reschedule(
    tx,
    broken.map((row) => ({ id: row.id, code: 'malformed', cause, attempts: row.attempts + 1, pauseMs: null })),
  );
}

/**
 * A record of a locked key stays parked. A record rejected by the database goes to `onRefused`; if that fails as well, the record
 * waits for an operator.
 */
async function settle(model: ReadModel, row: StoredRow, error: unknown): Promise<void> {
  const cause = messageOf(error);
  const attempts = row.attempts + 1;
  const locked = { id: row.id, code: 'locked', cause, ...retryDecisionOf({ code: 'locked' }, attempts) };
  if (isHeld(error)) return inTurn(model, row, (tx) => reschedule(tx, [locked]));
  try {
    await inTurn(model, row, async (tx) => {
      await model.projection.onRefused(tx, row.message as IncomingRecord, cause);
      await unpark(tx, [row.id]);
    });
  } catch (again) {
    if (isTransient(scopeOf(again))) throw again;
    const dead = { id: row.id, code: 'database', cause, attempts, pauseMs: null };
    await inTurn(model, row, (tx) => reschedule(tx, [isHeld(again) ? locked : dead]));
  }
}

/** Does nothing if another instance took the row. */
const inTurn = (model: ReadModel, { id }: StoredRow, work: (tx: Tx) => Promise<void>) =>
  inDue(model, 1, async (tx, [row]) => {
    if (row?.id === id) await work(tx);
  });
