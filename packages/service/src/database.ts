import { inboxMigrations } from '@quadrille/inbox';
import { outboxMigrations } from '@quadrille/outbox';
import type { Pool } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { databaseProblem } from './boot-problems.js';
import { DatabaseClient } from './database-client.js';
import type { ServiceDefinition } from './definition.js';
import { LogThrottle } from './log-throttle.js';
import { migrate } from './migrate.js';
import { runnerMigrations } from './migrations.js';
import { messageOf } from './pg-errors.js';
import type { ServiceContext } from './service-context.js';

const POOL_IDLE_TIMEOUT_MS = 60_000;
/** How long the answer to a statement that took all its time may still take. */
const ANSWER_ON_ITS_WAY_MS = 2_000;

/** All migrations of a service's database: the plumbing's, then its own. */
export const migrationsOf = (definition: ServiceDefinition<any, any>): (new () => MigrationInterface)[] => [
  ...outboxMigrations,
  ...inboxMigrations,
  ...runnerMigrations,
  ...definition.migrations,
];

/** Migrates, then opens the one data source and the one pool under it: the read side and the runner's transactions share it. */
export async function openDatabase(context: ServiceContext): Promise<{ dataSource: DataSource; pool: Pool }> {
  const { definition, env, log, shutdown } = context;
  const ran = await migrate(env.DATABASE_URL, migrationsOf(definition));
  if (ran.length > 0) log.info({ migrations: ran }, 'migrated the database');
  const dataSource = dataSourceOf(context);
  await dataSource.initialize().catch((error) => {
    throw databaseProblem(error, env.DATABASE_URL);
  });
  shutdown.set('the database', () => dataSource.destroy());
  return { dataSource, pool: (dataSource.driver as unknown as { master: Pool }).master };
}

/** Everything waits for a bounded time only: for a connection, for a lock, for a statement to end. */
function dataSourceOf({ definition, env, log }: ServiceContext): DataSource {
  const logThrottle = new LogThrottle();
  return new DataSource({
    type: 'postgres',
    url: env.DATABASE_URL,
    entities: [...(definition.entities ?? [])],
    applicationName: definition.steps.service,
    poolSize: env.DATABASE_POOL_SIZE,
    // The role owns a database, not the server.
    installExtensions: false,
    poolErrorHandler: (error: unknown) =>
      logThrottle.log('idle', (more) =>
        log.warn({ cause: messageOf(error), ...more }, 'an idle connection to the database broke'),
      ),
    extra: bounds(env),
  });
}

/** What the pool is told, so that nothing waits for ever. */
export const bounds = (env: Bounds) => ({
  connectionTimeoutMillis: env.DATABASE_CONNECT_TIMEOUT_MS,
  statement_timeout: env.STATEMENT_TIMEOUT_MS,
  lock_timeout: env.LOCK_TIMEOUT_MS,
  idle_in_transaction_session_timeout: env.IDLE_IN_TRANSACTION_TIMEOUT_MS,
  // The server ends a statement in time and says so; who hears nothing for longer has a connection that leads nowhere.
  query_timeout: env.STATEMENT_TIMEOUT_MS + ANSWER_ON_ITS_WAY_MS,
  // A connection keeps its prepared statements: it should outlast a quiet minute.
  idleTimeoutMillis: POOL_IDLE_TIMEOUT_MS,
  keepAlive: true,
  // Statements that need no answer of one another are sent together.
  pipeline: true,
  Client: DatabaseClient,
});

type Bounds = Pick<
  ServiceContext['env'],
  'DATABASE_CONNECT_TIMEOUT_MS' | 'STATEMENT_TIMEOUT_MS' | 'LOCK_TIMEOUT_MS' | 'IDLE_IN_TRANSACTION_TIMEOUT_MS'
>;
