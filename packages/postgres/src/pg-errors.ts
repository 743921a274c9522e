import { Conflict } from '@quadrille/choreography';

/**
 * What an error of the database is about, and so what it may cost.
 * `conflict`: another transaction was faster; run again. `input`: the data of one input; that one is parked. `locked`: somebody holds
 * what is needed, or it takes too long; only who needs it waits. `connection`: this session is over. `database`: it answers, but cannot
 * work. `deployment`: schema, grants or configuration are not what this build needs; no message is at fault.
 */
export type Scope = 'conflict' | 'input' | 'locked' | 'connection' | 'database' | 'deployment';

/** A `COMMIT` was sent and no answer came, nor a refusal of what was sent before it: what was to be committed may be there or not. The cause is what broke. */
export class CommitInDoubt extends Error {
  constructor(cause: unknown) {
    super(`Whether the transaction was committed is not known: ${messageOf(cause)}`, { cause });
    this.name = 'CommitInDoubt';
  }
}

/** `COMMIT` was answered with ROLLBACK: a statement had failed, and whoever sent it swallowed the error. The cause is that error. */
export class SilentRollback extends Error {
  constructor(cause: unknown) {
    super(`Nothing was committed, because a statement failed and its error was swallowed: ${messageOf(cause)}`, {
      cause,
    });
    this.name = 'SilentRollback';
  }
}

/** `E` and letters may be a code of Node.js (EPIPE): the classes of PostgreSQL's appendix A begin otherwise. */
const SQL_STATE = /^([0-9][0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/;

/** Where the class does not tell. */
const BY_CODE: Readonly<Record<string, Scope>> = {
  '25006': 'database', // read_only_sql_transaction: a standby, or one that was made read-only
  '40002': 'input', // integrity constraint, found at commit
  '40003': 'connection', // statement_completion_unknown
  '42P05': 'connection', // duplicate_prepared_statement: somebody between us and the server shares sessions
  '55P03': 'locked', // lock_timeout or nowait
  '57014': 'locked', // statement_timeout, or somebody cancelled it
  '57P01': 'connection', // admin_shutdown
  '57P02': 'connection', // crash_shutdown
  '57P05': 'connection', // idle_session_timeout: only this session
};

/**
 * By class. One that is in no list is the input's: where it hits everything, setting the input aside fails as well, and then the batch
 * waits; where it hits one input, an outage would have cost everybody.
 */
const BY_CLASS: Readonly<Record<string, Scope>> = {
  '08': 'connection', // connection_exception
  '0A': 'deployment', // feature_not_supported
  '0L': 'deployment', // invalid_grantor
  '0P': 'deployment', // invalid_role_specification
  '24': 'connection', // invalid_cursor_state
  '25': 'connection', // invalid_transaction_state: whatever it is, not one to go on in
  '26': 'connection', // invalid_sql_statement_name: the session has lost its prepared statements
  '28': 'deployment', // invalid_authorization_specification
  '2B': 'deployment', // dependent_privilege_descriptors_still_exist
  '2D': 'deployment', // invalid_transaction_termination: in a function
  '34': 'connection', // invalid_cursor_name
  '3B': 'connection', // savepoint_exception
  '3D': 'deployment', // invalid_catalog_name
  '3F': 'deployment', // invalid_schema_name
  '40': 'conflict', // serialization_failure, deadlock_detected
  '42': 'deployment', // undefined table, column or function, insufficient privilege, syntax
  '53': 'database', // disk full, out of memory, too many connections
  '55': 'deployment', // object_not_in_prerequisite_state
  '57': 'database', // cannot_connect_now, database_dropped
  '58': 'database', // system_error, io_error
  '72': 'conflict', // snapshot_too_old
  F0: 'database', // config_file_error
  HV: 'database', // a foreign table's server
};

/** Functions of the server whose errors mean something else than their code says. */
const BY_ROUTINE: Readonly<Record<string, Scope>> = {
  RevalidateCachedQuery: 'connection', // 0A000: a table has changed since this session prepared its statement
  ExecWithCheckOptions: 'input', // 42501: row-level security refuses this row
};

/** What `pg` says without a code: no connection could be had in time, or the one in use broke. */
const WORDS =
  /^(timeout exceeded when trying to connect|timeout expired|Connection terminated|Query read timeout|Client (was closed|has encountered).*not queryable|Cannot use a pool after)/;

const marked = new WeakSet<object>();

/** Marks an error as the database's: ECONNRESET may be anybody's, and only who has seen where it comes from can tell. Gives it back. */
export function fromDatabase<Thrown>(error: Thrown): Thrown {
  if (typeof error === 'object' && error !== null) marked.add(error);
  return error;
}

/** The scope of an error; undefined for what does not come from the database. Never throws. */
export function scopeOf(error: unknown): Scope | undefined {
  for (const each of chainOf(error)) {
    const scope = scopeOfOne(each);
    if (scope) return scope;
  }
  return undefined;
}

function scopeOfOne(error: object): Scope | undefined {
  if (error instanceof Conflict) return 'conflict';
  const { code, routine, message } = error as Record<string, unknown>;
  if (typeof code === 'string' && SQL_STATE.test(code)) {
    const scope = BY_ROUTINE[String(routine)] ?? BY_CODE[code] ?? BY_CLASS[code.slice(0, 2)] ?? 'input';
    return isFatal(error) && scope !== 'database' && scope !== 'deployment' ? 'connection' : scope;
  }
  return marked.has(error) || (typeof message === 'string' && WORDS.test(message)) ? 'connection' : undefined;
}

/** The session is over, whatever the statement was about: what it was doing is not told. */
export const endsSession = (error: unknown): boolean => scopeOf(error) === 'connection' || chainOf(error).some(isFatal);

/** The server has answered, and refused: it did not take what came after this in the same transaction. */
export const isRefusal = (error: unknown): boolean =>
  chainOf(error).some(({ code }: { code?: unknown }) => typeof code === 'string' && SQL_STATE.test(code));

/** A commit was not answered. */
export const isInDoubt = (error: unknown): boolean => chainOf(error).some((each) => each instanceof CommitInDoubt);

const isFatal = (error: object): boolean => {
  const { severity } = error as { severity?: unknown };
  return severity === 'FATAL' || severity === 'PANIC';
};

const MOST_CAUSES = 8;

/** An error and what it stands for: its causes, the driver's error in one of TypeORM. */
function chainOf(error: unknown): object[] {
  const chain: object[] = [];
  let next = error;
  while (typeof next === 'object' && next !== null && chain.length < MOST_CAUSES) {
    chain.push(next);
    const { cause, driverError } = next as { cause?: unknown; driverError?: unknown };
    next = driverError ?? cause;
  }
  return chain;
}

/** SQLSTATE of an error of the server. */
const sqlState = (error: unknown): unknown => (error as { code?: unknown } | null | undefined)?.code;

export const isConflict = (error: unknown): boolean => scopeOf(error) === 'conflict';

/** An earlier statement of the transaction failed: this says nothing of its own. */
export const isAftermath = (error: unknown): boolean => sqlState(error) === '25P02';

/** A row with this key is there. */
export const isUniqueViolation = (error: unknown): boolean => sqlState(error) === '23505';

/** What kind of conflict it was, for whoever counts them. */
export function conflictKind(error: unknown): 'deadlock' | 'serialization' | 'conflict' {
  const state = sqlState(error);
  return state === '40P01' ? 'deadlock' : state === '40001' ? 'serialization' : 'conflict';
}

/** The same may work later, by itself or after an operator's hand: a caller is told to come again. */
export const mayPass = (scope: Scope | undefined): scope is 'connection' | 'database' | 'deployment' =>
  scope === 'connection' || scope === 'database' || scope === 'deployment';

/** In words, whatever was thrown. */
export function messageOf(error: unknown): string {
  try {
    const message = error instanceof Error ? error.message : String(error);
    // An AggregateError of Node.js has no words of its own.
    return message || String((error as { code?: unknown }).code ?? 'unknown');
  } catch {
    return 'unknown';
  }
}
