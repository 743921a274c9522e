/** The faults of a database's rows and tables, and the errors of PostgreSQL for them. */
export class DatabaseTroubles {
  /** Rows that another session has locked, by {@link rowName}. */
  readonly held = new Set<string>();
  /** Rows that their store cannot read. */
  readonly unreadable = new Set<string>();
  /** Missing tables: of the runner, or of an aggregate. */
  readonly missing = new Set<string>();
  readOnly = false;

  /**
   * Returns the error of a statement; undefined if it succeeds. `staleConnection`: it leads to a server that has become
   * read-only.
   */
  errorOf(text: string, values: readonly unknown[], staleConnection: boolean): Error | undefined {
    const table = tableOf(text, values);
    if (this.missing.has(table)) return sqlError('42P01', `relation "${table}" does not exist`);
    if ((this.readOnly || staleConnection) && WRITES.test(text))
      return sqlError('25006', 'cannot execute this in a read-only transaction');
    if (!text.includes(LOAD)) return undefined;
    const names = (values[1] as string[]).map((key) => rowName(table, key));
    if (names.some((name) => this.held.has(name))) return sqlError('55P03', 'canceling statement due to lock timeout');
    return names.some((name) => this.unreadable.has(name))
      ? new TypeError('a store found a row it cannot read')
      : undefined;
  }
}

/** The identifier of a row of an aggregate. */
export const rowName = (aggregate: string, key: string): string => `${aggregate} ${key}`;

/** The statement that locks and reads the rows of an aggregate. */
const LOAD = 'memory: load';
const WRITES = /memory: |record_messages|for update|\b(insert|update|delete)\b/;

/** The tables of the runner, in addition to those of the aggregates. */
export const RUNNER_TABLES = ['inbox', 'parked', 'deadlines', 'idempotency_keys', 'outbox'] as const;
const TABLE = new RegExp(`\\b(${RUNNER_TABLES.join('|')})\\b`);

/** The table of a statement; for a load or save, the aggregate. */
function tableOf(text: string, values: readonly unknown[]): string {
  if (text.startsWith('memory: ')) return values[0] as string;
  return text.includes('record_messages') ? 'inbox' : (TABLE.exec(text)?.[1] ?? '');
}

/** An error of the server, as `pg` throws it. */
export const sqlError = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code, severity: 'ERROR' });

/** The error of a client with a broken connection. */
export const lost = () => Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
