import { Client, escapeIdentifier } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { migrationsOf } from './migrations.js';

/** Advisory lock that all services share; one process migrates a database at a time. */
const MIGRATION_LOCK = 7_226_172_001;
const CONNECT_TIMEOUT_MS = 5_000;

/** The database has migrations that this build does not contain. */
export class NewerSchema extends Error {
  constructor(unknown: readonly string[]) {
    super(
      `The database has a newer version: this build does not contain its migration ${unknown.join(', ')}. ` +
        'Deploy the newer service, or restore the database from before it. If it is a migration of your application, give your DataSource another migrationsTableName.',
    );
    this.name = 'NewerSchema';
  }
}

/**
 * Migrates the database to the version of this build, each migration in its own transaction. Instances that start together wait
 * for each other. `table` lists the migrations that ran; parts of the toolkit with different migrations may share it. Returns the
 * names of the migrations that ran. Uses own connections without statement timeout: a migration may take long.
 * @throws {@link NewerSchema} if `table` lists migrations that this build does not contain
 */
export async function migrate(
  url: string,
  migrations: readonly (new () => MigrationInterface)[],
  table = 'migrations',
): Promise<string[]> {
  const guard = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  guard.on('error', () => {});
  try {
    await guard.connect();
    await guard.query('select pg_advisory_lock($1::bigint)', [MIGRATION_LOCK]);
    return await runPending(url, migrations, table);
  } finally {
    await guard.end();
  }
}

async function runPending(
  url: string,
  migrations: readonly (new () => MigrationInterface)[],
  table: string,
): Promise<string[]> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    poolSize: 1,
    migrations: [...migrations],
    migrationsTableName: table,
    logging: false,
  });
  await dataSource.initialize();
  try {
    await refuseNewer(dataSource, table, migrationsOf({ migrations }));
    await adoptMigrations(dataSource, table, migrations.map(nameOf));
    const ran = await dataSource.runMigrations({ transaction: 'each' });
    return ran.map(({ name }) => name);
  } finally {
    await dataSource.destroy();
  }
}

/** The name in TypeORM's table. */
const nameOf = (migration: new () => MigrationInterface): string => new migration().name ?? migration.name;

/** A migration in the database that this build does not contain comes from a newer build. */
async function refuseNewer(
  dataSource: DataSource,
  table: string,
  known: readonly (new () => MigrationInterface)[],
): Promise<void> {
  const [{ exists }] = await dataSource.query('select to_regclass($1) is not null as exists', [table]);
  if (!exists) return;
  const unknown: { name: string }[] = await dataSource.query(
    `select name from ${escapeIdentifier(table)} where name <> all($1::text[]) order by id`,
    [known.map(nameOf)],
  );
  if (unknown.length > 0) throw new NewerSchema(unknown.map(({ name }) => name));
}

/** TypeORM's default table for the migrations of an application. */
const APPLICATION_TABLE = 'migrations';

const IS_LIST = `
  select count(*) = 2 as "isList"
    from information_schema.columns
   where table_schema = current_schema() and table_name = $1 and column_name in ('timestamp', 'name')`;

/**
 * An application may have run some of these migrations among its own, such as those of the outbox before it used a choreography.
 * They are copied to the list of this package, so that they do not run again.
 */
async function adoptMigrations(source: DataSource, table: string, names: readonly string[]): Promise<void> {
  if (table === APPLICATION_TABLE) return;
  const [{ isList }] = await source.query(IS_LIST, [APPLICATION_TABLE]);
  if (!isList) return;
  const ours = escapeIdentifier(table);
  // Same definition as TypeORM's.
  await source.query(
    `create table if not exists ${ours} (id serial primary key, "timestamp" bigint not null, name varchar not null)`,
  );
  await source.query(
    `insert into ${ours} ("timestamp", name)
     select "timestamp", name
       from ${APPLICATION_TABLE}
      where name = any($1::text[]) and name not in (select name from ${ours})
      order by id`,
    [names],
  );
}
