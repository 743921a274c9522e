/** Runs one statement. TypeORM's `QueryRunner` and a client of `pg` both match this interface. */
export interface StatementRunner {
  query(text: string): Promise<unknown>;
}

/**
 * A migration for TypeORM, declared without a dependency on it. Add the class to the `migrations` of a `DataSource` of any
 * version.
 */
export interface Migration {
  up(runner: StatementRunner): Promise<void>;
  down(runner: StatementRunner): Promise<void>;
}
