import { Conflict, type Tx } from '@quadrille/choreography';
import { isThereAlready } from './pg-errors.js';

/**
 * Inserts rows that `load` did not find. One that has appeared meanwhile is a {@link Conflict}: the transaction is over then, so
 * asking of each row whether it is there (`on conflict do nothing`) would only cost. Throws it beside other statements of a burst
 * that fail after it: wait for them with `allOf`.
 */
export async function insertFresh(tx: Tx, what: string, text: string, values: readonly unknown[]): Promise<void> {
  try {
    await tx.query(text, values);
  } catch (error) {
    throw isThereAlready(error) ? new Conflict(what) : error;
  }
}
