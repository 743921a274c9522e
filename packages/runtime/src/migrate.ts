import { Client, escapeIdentifier } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { adoptMigrations } from './adopt-migrations.js';
import { migrationsOf } from './migrations.js';

/** Any number that all our services share: held while one of them migrates this database. */
const MIGRATION_LOCK = 7_226_172_001;
const CONNECT_TIMEOUT_MS = 5_000;

/** The database holds migrations that this build does not know. */
export class NewerSchema extends Error {
  constructor(unknown: readonly string[]) {
    super(
      `The database is of a newer version: it holds the migration ${unknown.join(', ')}, which this service does not know. ` +
        'Deploy the newer service, or restore the database from before it.',
    );
    this.name = 'NewerSchema';
  }
}

/**
 * Brings the database to the version of this build, each migration in its own transaction. Instances that start together wait
 * for each other. `table` lists what has run; parts of the toolkit that need different migrations of ours may share it. Returns the names of
 * those it ran. Own connections without statement timeout: a migration may take its time.
 * @throws {@link NewerSchema} where `table` lists migrations that this build does not know
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

/** As TypeORM lists it. */
const nameOf = (migration: new () => MigrationInterface): string => new migration().name ?? migration.name;

/** What the database holds and this build does not know comes from a newer one. */
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
