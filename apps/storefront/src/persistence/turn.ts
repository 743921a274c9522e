import type { Tx } from '@quadrille/choreography';

/** An arbitrary number: the transaction that holds this lock writes sagas. */
const WRITING_LOCK = 7_226_172_100;

/**
 * Waits until no other transaction writes sagas, and excludes others until this one ends. Two transactions with different events
 * of one order would each derive the saga without the other's; and `seq` becomes the order of commits.
 */
export async function takeTurn(tx: Tx): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1::bigint)', [WRITING_LOCK]);
}
