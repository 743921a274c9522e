import type { Connection } from './memory-pool.js';

/** A transaction that has read or written. */
export interface OpenTransaction {
  readonly by: Connection;
  /** Rows of the outbox with a higher number are not committed. */
  readonly idsBefore: number;
  readonly transaction: number;
  readonly undo: (() => void)[];
  /** The length of the undo list, by savepoint name. */
  readonly savepoints: Map<string, number>;
  /** A statement failed: only the end of the transaction is accepted. */
  isFailed: boolean;
  /** Its commit was sent and its connection lost: the server decides alone. */
  isInDoubt: boolean;
}

/** Begins one; rows of the outbox above `idsBefore` are its own. */
export const openTransaction = (by: Connection, idsBefore: number, transaction: number): OpenTransaction => ({
  ...{ by, idsBefore, transaction },
  undo: [],
  savepoints: new Map(),
  isFailed: false,
  isInDoubt: false,
});
