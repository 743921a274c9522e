import { Conflict } from '@quadrille/choreography';

/**
 * The cause of a database error, which limits its cost.
 * - `conflict`: another transaction was faster; retry.
 * - `input`: the data of one input; that input is parked.
 * - `locked`: another session holds a lock, or the statement takes too long; only inputs that need it wait.
 * - `connection`: this session has ended.
 * - `database`: the server answers, but cannot work.
 * - `deployment`: schema, grants or configuration do not match this build; no message is at fault.
 */
export type Scope = 'conflict' | 'input' | 'locked' | 'connection' | 'database' | 'deployment';

/**
 * `COMMIT` was sent, and neither an answer came nor a refusal of an earlier statement. The transaction may be committed or not.
 * The cause is the error of the connection.
 */
export class CommitInDoubt extends Error {
  constructor(cause: unknown) {
    super(`The commit was not answered; the transaction may be committed or not: ${messageOf(cause)}`, { cause });
    this.name = 'CommitInDoubt';
  }
}

/** The answer to `COMMIT` was ROLLBACK: a statement had failed, and its caller swallowed the error. The cause is that error. */
export class SilentRollback extends Error {
  constructor(cause: unknown) {
    super(
      `The transaction was rolled back, because a statement failed and its error was swallowed: ${messageOf(cause)}`,
      {
        cause,
      },
    );
    this.name = 'SilentRollback';
  }
}

/** `E` and letters may be a code of Node.js (EPIPE); the classes of PostgreSQL's appendix A begin with other characters. */
const SQL_STATE = /^([0-9][0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/;

/** Exceptions from {@link BY_CLASS}. */
const BY_CODE: Readonly<Record<string, Scope>> = {
  '25006': 'database', // read_only_sql_transaction: a standby, or one that was made read-only
  '40002': 'input', // integrity constraint, found at commit
  '40003': 'connection', // statement_completion_unknown
  '42P05': 'connection', // duplicate_prepared_statement: a pooler between client and server shares sessions
  '55P03': 'locked', // lock_timeout or nowait
  '57014': 'locked', // statement_timeout, or a cancelled statement
  '57P01': 'connection', // admin_shutdown
  '57P02': 'connection', // crash_shutdown
  '57P05': 'connection', // idle_session_timeout: only this session
};

/**
 * By class. An unlisted class counts as `input`. If it affects every input, parking fails as well, and the batch waits. If it
 * affects one input, `database` would have stopped all others.
 */
const BY_CLASS: Readonly<Record<string, Scope>> = {
  '08': 'connection', // connection_exception
  '0A': 'deployment', // feature_not_supported
  '0L': 'deployment', // invalid_grantor
  '0P': 'deployment', // invalid_role_specification
  '24': 'connection', // invalid_cursor_state
  '25': 'connection', // invalid_transaction_state: the session cannot continue
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

/** Functions of the server whose errors have another meaning than their code. */
const BY_ROUTINE: Readonly<Record<string, Scope>> = {
  RevalidateCachedQuery: 'connection', // 0A000: a table has changed since this session prepared its statement
  ExecWithCheckOptions: 'input', // 42501: row-level security refuses this row
};

/** Messages of `pg` without a code: no connection became available in time, or the current one broke. */
const WORDS =
  /^(timeout exceeded when trying to connect|timeout expired|Connection terminated|Query read timeout|Client (was closed|has encountered).*not queryable|Cannot use a pool after)/;

const marked = new WeakSet<object>();

/**
 * Marks an error as the database's and returns it. ECONNRESET may come from any socket; only the code at the connection can
 * assign it.
 */
export function fromDatabase<Thrown>(error: Thrown): Thrown {
  if (typeof error === 'object' && error !== null) marked.add(error);
  return error;
}

/** Returns the scope of an error; undefined for an error from elsewhere. Never throws. */
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

/** The session has ended, so the result of its current work is unknown. */
export const endsSession = (error: unknown): boolean => scopeOf(error) === 'connection' || chainOf(error).some(isFatal);

/** The server refused a statement, so it rejected all later statements of the same transaction. */
export const isRefusal = (error: unknown): boolean =>
  chainOf(error).some(({ code }: { code?: unknown }) => typeof code === 'string' && SQL_STATE.test(code));

/** A commit was not answered. */
export const isInDoubt = (error: unknown): boolean => chainOf(error).some((each) => each instanceof CommitInDoubt);

const isFatal = (error: object): boolean => {
  const { severity } = error as { severity?: unknown };
  return severity === 'FATAL' || severity === 'PANIC';
};

const MOST_CAUSES = 8;

/** Returns an error with its causes and, for an error of TypeORM, the driver's error. */
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

/** Whether another transaction was faster, so that the same work succeeds when it runs again. */
export const isConflict = (error: unknown): boolean => scopeOf(error) === 'conflict';

/** An earlier statement of the transaction failed; this error has no cause of its own. */
export const isAftermath = (error: unknown): boolean => sqlState(error) === '25P02';

/** A row with this key exists. */
export const isUniqueViolation = (error: unknown): boolean => sqlState(error) === '23505';

/** The kind of a conflict, as a metric label. */
export function conflictKind(error: unknown): 'deadlock' | 'serialization' | 'conflict' {
  const state = sqlState(error);
  return state === '40P01' ? 'deadlock' : state === '40001' ? 'serialization' : 'conflict';
}

/** The same request may succeed later, by itself or after an operator's action; callers get 503 and retry. */
export const isTransient = (scope: Scope | undefined): scope is 'connection' | 'database' | 'deployment' =>
  scope === 'connection' || scope === 'database' || scope === 'deployment';

/** Returns a message for any thrown value. */
export function messageOf(error: unknown): string {
  try {
    const message = error instanceof Error ? error.message : String(error);
    // An AggregateError of Node.js has an empty message.
    return message || String((error as { code?: unknown }).code ?? 'unknown');
  } catch {
    return 'unknown';
  }
}
