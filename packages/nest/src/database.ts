import { messageOf, poolOptions } from '@quadrille/postgres';
import { LogThrottle, migrate, migrationsOf } from '@quadrille/runtime';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { databaseProblem, onceItAnswers } from './boot-problems.js';
import type { ServiceContext } from './service-context.js';

/** Migrates, then opens one data source with one pool, which the read side and the runner's transactions share. */
export async function openDatabase(context: ServiceContext): Promise<{ dataSource: DataSource; pool: Pool }> {
  const { definition, env, log, shutdown } = context;
  const unusable = (error: unknown) => {
    throw databaseProblem(error, env.DATABASE_URL);
  };
  const toRun = migrationsOf(definition);
  const ran = await onceItAnswers(() => migrate(env.DATABASE_URL, toRun, definition.migrationsTable)).catch(unusable);
  if (ran.length > 0) log.info({ migrations: ran }, 'migrated the database');
  const dataSource = await onceItAnswers(() => dataSourceOf(context).initialize()).catch(unusable);
  shutdown.set('the database', () => dataSource.destroy());
  return { dataSource, pool: (dataSource.driver as unknown as { master: Pool }).master };
}

/** Every wait has a timeout: for a connection, for a lock, for the end of a statement. */
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
    extra: poolOptions(env),
  });
}
