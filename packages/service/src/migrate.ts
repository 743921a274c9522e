import { Client } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { databaseProblem, newerSchema } from './boot-problems.js';

/** Any number that all our services share: held while one of them migrates this database. */
const MIGRATION_LOCK = 7_226_172_001;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Brings the database to the version of this build, each migration in its own transaction. Instances that start together wait
 * for each other. Refuses a database that holds migrations this build does not know. Says which ones it ran.
 * Own connections without statement timeout: a migration may take its time.
 */
export async function migrate(url: string, migrations: readonly (new () => MigrationInterface)[]): Promise<string[]> {
  const guard = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  guard.on('error', () => {});
  try {
    await guard.connect();
    await guard.query('select pg_advisory_lock($1::bigint)', [MIGRATION_LOCK]);
    return await runPending(url, migrations);
  } catch (error) {
    throw databaseProblem(error, url);
  } finally {
    await guard.end();
  }
}

async function runPending(url: string, migrations: readonly (new () => MigrationInterface)[]): Promise<string[]> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    poolSize: 1,
    migrations: [...migrations],
    migrationsTableName: 'migrations',
    logging: false,
  });
  await dataSource.initialize();
  try {
    await refuseNewer(dataSource);
    const ran = await dataSource.runMigrations({ transaction: 'each' });
    return ran.map(({ name }) => name);
  } finally {
    await dataSource.destroy();
  }
}

/** What the database holds and this build does not know comes from a newer one. */
async function refuseNewer(dataSource: DataSource): Promise<void> {
  const [{ exists }] = await dataSource.query(`select to_regclass('migrations') is not null as exists`);
  if (!exists) return;
  const known = dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const unknown: { name: string }[] = await dataSource.query(
    'select name from migrations where name <> all($1::text[]) order by id',
    [known],
  );
  if (unknown.length > 0) throw newerSchema(unknown.map(({ name }) => name));
}
