import { type PersonalData, usesPersonalData } from '@quadrille/choreography';
import { DataKeys, KeyedPersonalData, sealCommandsOf, WrongSecret } from '@quadrille/personal-data';
import { messageOf, poolOptions } from '@quadrille/postgres';
import { LogThrottle, type RunnerOptions } from '@quadrille/runtime';
import { Pool } from 'pg';
import { BootProblem, databaseProblem, onceItAnswers } from './boot-problems.js';
import type { ServiceDefinition } from './definition.js';
import type { CommonEnvironment } from './environment.js';
import type { ServiceContext } from './service-context.js';

/** Connections to the database of the keys. Requests are collected, so few are needed. */
const MAX_CONNECTIONS = 2;

/** The service's access to personal data: none, unless the table lets it open or seal some. */
export interface PersonalDataParts {
  readonly personalData: PersonalData;
  readonly sealCommand?: NonNullable<RunnerOptions['sealCommand']>;
  /** The database of the keys, for readiness. */
  readonly keysPool?: Pool;
}

const usesKeys = ({ rows, steps }: ServiceDefinition<any, any>): boolean => usesPersonalData(rows, steps.service);

/** Returns one sentence if the service needs keys of personal data and its environment has no address of them. */
export function missingKeysProblem(
  definition: ServiceDefinition<any, any>,
  env: CommonEnvironment,
): string | undefined {
  const missing = (['PERSONAL_DATA_DATABASE_URL', 'PERSONAL_DATA_KEY'] as const).filter((name) => !env[name]);
  if (missing.length === 0 || !usesKeys(definition)) return undefined;
  return `${missing.join(' and ')} missing: ${definition.steps.service} encrypts or opens personal data. Set the URL of a PostgreSQL database for the keys, and a secret of 32 random characters or more, both the same in each service that needs them.`;
}

/** Opens the keys. Throws a {@link BootProblem} if their database cannot be used or the secret is another one. */
export async function openPersonalData(context: ServiceContext): Promise<PersonalDataParts> {
  const { definition, env, shutdown } = context;
  const { service } = definition.steps;
  if (!usesKeys(definition)) return { personalData: notGrantedTo(service) };
  const pool = openPool(context);
  shutdown.set('the keys of personal data', () => pool.end());
  const keys = new DataKeys(pool, [env.PERSONAL_DATA_KEY!, ...env.PERSONAL_DATA_OLD_KEYS]);
  await onceItAnswers(() => keys.prepare()).catch((error: unknown) => {
    if (error instanceof WrongSecret) throw new BootProblem(error.message, { cause: error });
    throw databaseProblem(error, env.PERSONAL_DATA_DATABASE_URL!, 'PERSONAL_DATA_DATABASE_URL');
  });
  return {
    personalData: new KeyedPersonalData(keys),
    sealCommand: sealCommandsOf(definition.rows, service, keys),
    keysPool: pool,
  };
}

function openPool({ definition, env, log }: ServiceContext): Pool {
  const logThrottle = new LogThrottle();
  const pool = new Pool({
    connectionString: env.PERSONAL_DATA_DATABASE_URL!,
    application_name: definition.steps.service,
    max: MAX_CONNECTIONS,
    ...poolOptions(env),
  });
  return pool.on('error', (error) =>
    logThrottle.log('idle', (more) =>
      log.warn({ cause: messageOf(error), ...more }, 'idle connection to the keys of personal data broken'),
    ),
  );
}

const notGrantedTo = (service: string): PersonalData => ({
  open: async () => {
    throw new Error(
      `The table does not let ${service} open personal data: add opensPersonalData to the row that needs them.`,
    );
  },
});
