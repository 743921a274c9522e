import type { ClientBase } from 'pg';

/** Advisory lock: one instance migrates at a time, and the others then find nothing to do. */
const MIGRATION_LOCK = 7_226_172_002;

/**
 * Same definition as TypeORM's, with the table name of `@quadrille/nest`: an application that adopts it later finds its
 * migrations there.
 */
const CREATE_MIGRATIONS = `
  create table if not exists quadrille_migrations (
    id          serial  primary key,
    "timestamp" bigint  not null,
    name        varchar not null
  )`;

/**
 * Runs pending migrations in one transaction, for applications without TypeORM. Migrations that ran are listed in the table
 * `quadrille_migrations`. Returns the names of the migrations that ran. `client`: of `pg`, without an open transaction.
 */
export async function migrate(client: ClientBase, migrations: readonly (new () => Migration)[]): Promise<string[]> {
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock($1::bigint)', [MIGRATION_LOCK]);
    await client.query(CREATE_MIGRATIONS);
    const { rows } = await client.query<{ name: string }>('select name from quadrille_migrations');
    const pending = migrations.filter((migration) => !rows.some(({ name }) => name === migration.name));
    for (const migration of pending) {
      await new migration().up(client);
      const timestamp = migration.name.slice(-TIMESTAMP_DIGITS);
      await client.query('insert into quadrille_migrations ("timestamp", name) values ($1, $2)', [
        timestamp,
        migration.name,
      ]);
    }
    await client.query('commit');
    return pending.map(({ name }) => name);
  } catch (error) {
    await client.query('rollback').catch(() => {}); // The first error is the relevant one.
    throw error;
  }
}

/** A name ends with its time of creation in ms, as TypeORM requires. */
const TIMESTAMP_DIGITS = 13;

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
