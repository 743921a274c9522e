/** What is wrong with the rows and tables of a database, and the errors that PostgreSQL gives for it. */
export class DatabaseTroubles {
  /** Rows that somebody else has locked, by {@link rowName}. */
  readonly held = new Set<string>();
  /** Rows whose store cannot read them. */
  readonly unreadable = new Set<string>();
  /** Tables that are not there: of the runner, or by the aggregate they keep. */
  readonly missing = new Set<string>();
  readOnly = false;

  /** Why a statement fails; undefined when it does not. `staleConnection`: it leads to a server that takes no writes any more. */
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

/** By what a row of an aggregate is known. */
export const rowName = (aggregate: string, key: string): string => `${aggregate} ${key}`;

/** What locks and reads the rows of an aggregate. */
const LOAD = 'memory: load';
const WRITES = /memory: |record_messages|for update|\b(insert|update|delete)\b/;

/** The tables of the runner, beside those of the aggregates. */
export const RUNNER_TABLES = ['inbox', 'parked', 'deadlines', 'idempotency_keys', 'outbox'] as const;
const TABLE = new RegExp(`\\b(${RUNNER_TABLES.join('|')})\\b`);

/** The table that a statement is about; of the aggregate it loads or saves. */
function tableOf(text: string, values: readonly unknown[]): string {
  if (text.startsWith('memory: ')) return values[0] as string;
  return text.includes('record_messages') ? 'inbox' : (TABLE.exec(text)?.[1] ?? '');
}

/** An error of the server, as `pg` gives it. */
export const sqlError = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code, severity: 'ERROR' });
