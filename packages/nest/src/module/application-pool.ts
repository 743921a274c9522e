import type { Migration } from '@quadrille/outbox';
import { messageOf, poolOptions } from '@quadrille/postgres';
import { migrate } from '@quadrille/runtime';
import { Pool } from 'pg';
import { databaseProblem, onceItAnswers } from '../boot-problems.js';
import type { ServiceContext } from '../service-context.js';
import { MIGRATIONS_TABLE } from './open-context.js';

/** Migrates, and opens a pool with timeouts for every wait. It ends with the context. */
export async function openApplicationPool(
  { definition, env, log, shutdown }: ServiceContext,
  migrations: readonly (new () => Migration)[],
): Promise<Pool> {
  const ran = await onceItAnswers(() => migrate(env.DATABASE_URL, migrations, MIGRATIONS_TABLE)).catch(
    (error: unknown) => {
      throw databaseProblem(error, env.DATABASE_URL);
    },
  );
  if (ran.length > 0) log.info({ migrations: ran }, 'migrated the database');
  const pool = new Pool({
    connectionString: env.DATABASE_URL,
    application_name: definition.steps.service,
    max: env.DATABASE_POOL_SIZE,
    ...poolOptions(env),
  });
  pool.on('error', (error) => log.warn({ cause: messageOf(error) }, 'an idle connection to the database broke'));
  shutdown.set('the database', () => pool.end());
  return pool;
}
