/** Runs one statement: TypeORM's `QueryRunner` is one, and so is a client of `pg`. */
export interface StatementRunner {
  query(text: string): Promise<unknown>;
}

/** A migration as TypeORM runs it, described without TypeORM: its class goes into the `migrations` of a `DataSource` of any version. */
export interface Migration {
  up(runner: StatementRunner): Promise<void>;
  down(runner: StatementRunner): Promise<void>;
}
