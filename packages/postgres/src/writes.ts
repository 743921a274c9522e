import { type Change, Conflict, type Store, type Tx, type Write } from '@quadrille/choreography';
import { isUniqueViolation } from './pg-errors.js';
import { settleAll } from './settle-all.js';

/**
 * Inserts rows that `load` did not find. If one exists by now, it is a {@link Conflict}. The transaction is over then, so a check
 * per row (`on conflict do nothing`) would only add cost.
 */
export const insertFresh = (what: string, text: string, values: readonly unknown[]): Write => ({
  text,
  values,
  fresh: what,
});

/**
 * Writes `count` rows, or fails as a {@link Conflict}: after a faster transaction, the statement finds fewer rows. The database
 * compares the counts, so that no unchecked write can commit. `what` is a constant of the code, never input.
 */
export const writeEach = (what: string, count: number, text: string, values: readonly unknown[]): Write => ({
  text: `with written as (${text} returning 1)
     select conflict_unless(count(*) = $${values.length + 1}::int, '${what}') from written`,
  values: [...values, count],
});

/** Sends all statements at once, in their order. Throws a {@link Conflict} if one met a faster transaction. */
export async function send(tx: Tx, writes: readonly Write[]): Promise<void> {
  await settleAll(writes.map((write) => sendOne(tx, write)));
}

async function sendOne(tx: Tx, { text, values, fresh }: Write): Promise<void> {
  try {
    await tx.query(text, values);
  } catch (error) {
    throw fresh !== undefined && isUniqueViolation(error) ? new Conflict(fresh) : error;
  }
}

/** A store that returns its writes as statements: see `Store.writes`. */
export const writing = <State>(store: {
  load: Store<State>['load'];
  writes(changed: readonly Change<State>[]): readonly Write[];
}): Store<State> => ({ ...store, save: async (tx, changed) => send(tx, store.writes(changed)) });
