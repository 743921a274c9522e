import { Conflict } from '@quadrille/choreography';

/** SQLSTATE of an error of the database; undefined for an error of the connection or of ours. */
const sqlState = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
};

/** Another transaction was in the way; running again on what it left is right: conflict, serialization failure, deadlock. */
export const isConflict = (error: unknown): boolean => {
  const state = sqlState(error);
  return error instanceof Conflict || state === '40001' || state === '40P01';
};

/** An earlier statement of the transaction failed: this says nothing of its own. */
export const isAftermath = (error: unknown): boolean => sqlState(error) === '25P02';

/** A row with this key is there. */
export const isThereAlready = (error: unknown): boolean => sqlState(error) === '23505';

/** What kind of conflict it was, for whoever counts them. */
export const conflictKind = (error: unknown): 'deadlock' | 'serialization' | 'conflict' => {
  const state = sqlState(error);
  return state === '40P01' ? 'deadlock' : state === '40001' ? 'serialization' : 'conflict';
};

// Data exceptions, integrity constraints, limits of a program: the same input would fail again.
const FAULTS_OF_THE_DATA = ['22', '23', '42', '54', 'P0'];

/** The database refused the data itself, so that no repetition helps: the batch is split to find the input at fault. */
export const isFaultOfTheData = (error: unknown): boolean =>
  FAULTS_OF_THE_DATA.includes(sqlState(error)?.slice(0, 2) ?? '');
