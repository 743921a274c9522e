import { type Change, Conflict, type Store, type Tx, type Write } from '@quadrille/choreography';
import { isUniqueViolation } from './pg-errors.js';
import { settleAll } from './settle-all.js';

/**
 * Inserts rows that `load` did not find. One that has appeared meanwhile is a {@link Conflict}: the transaction is over then, so
 * asking of each row whether it is there (`on conflict do nothing`) would only cost.
 */
export const insertFresh = (what: string, text: string, values: readonly unknown[]): Write => ({
  text,
  values,
  fresh: what,
});

/**
 * Writes so many rows, or fails as a {@link Conflict}: where another transaction was faster, the statement finds fewer. The database
 * compares, so that nothing can be committed that nobody has looked at. `what` is a text of the code, never one that came in.
 */
export const writeEach = (what: string, count: number, text: string, values: readonly unknown[]): Write => ({
  text: `with written as (${text} returning 1)
     select conflict_unless(count(*) = $${values.length + 1}::int, '${what}') from written`,
  values: [...values, count],
});

/** Sends statements all at once, in their order. Throws a {@link Conflict} where one of them met a faster transaction. */
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

/** A store that says what it writes: see `Store.writes`. */
export const writing = <State>(store: {
  load: Store<State>['load'];
  writes(changed: readonly Change<State>[]): readonly Write[];
}): Store<State> => ({ ...store, save: async (tx, changed) => send(tx, store.writes(changed)) });
