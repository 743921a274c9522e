import { SecurityProblem, secretOf } from '@quadrille/kafka/security';
import { acting, printJson, Refusal } from '@quadrille/operate/terminal/acting';
import type { Rewrapped } from '@quadrille/personal-data';
import { Command } from 'commander';
import { keysDatabaseOf, runningOption } from '../endpoints/endpoints.js';

interface Options {
  readonly json?: true;
  readonly running?: string;
}

type Secrets = readonly [string, ...string[]];

/** `quadrille rewrap`: wraps all keys of personal data with the newest secret. */
export const rewrapCommand = new Command('rewrap')
  .description(
    'wrap the keys of personal data with PERSONAL_DATA_KEY, so that PERSONAL_DATA_OLD_KEYS is no longer needed',
  )
  .option('--json', 'print the result as JSON')
  .addOption(runningOption())
  .addHelpText(
    'after',
    '\nSecrets: PERSONAL_DATA_KEY and PERSONAL_DATA_OLD_KEYS, or the files of …_FILE. The database of the keys: PERSONAL_DATA_DATABASE_URL, or the file of npm start. Exit code 1 for keys that no secret opens. Services can run beside it.',
  )
  .action(
    acting(async ({ json, running }: Options) => {
      const { rewrapped, unopened, problem } = await rewrap(
        keysDatabaseOf(running, process.env),
        await secretsOf(process.env),
      );
      if (json) printJson({ rewrapped, unopened });
      else console.log(`Rewrapped: ${rewrapped} ${rewrapped === 1 ? 'key' : 'keys'}.`);
      if (unopened === 0) return;
      console.error(`Not rewrapped: ${unopened} ${unopened === 1 ? 'key' : 'keys'}. ${problem!.message}`);
      process.exitCode = 1;
    }),
  );

async function rewrap(url: string, secrets: Secrets): Promise<Rewrapped> {
  // PostgreSQL's client is not loaded for a list of commands.
  const [{ Pool }, { rewrapKeys }] = await Promise.all([import('pg'), import('@quadrille/personal-data')]);
  const pool = new Pool({ connectionString: url, max: 1 });
  try {
    return await rewrapKeys(pool, secrets);
  } catch (error) {
    const why = (error as Error).message || (error as { code?: string }).code;
    throw new Refusal(`The database of the keys cannot be used (${why}): is it running? Run the command again.`);
  } finally {
    await pool.end();
  }
}

async function secretsOf(env: NodeJS.ProcessEnv): Promise<Secrets> {
  const { isSecret, SECRET_EXPECTED, secretsIn } = await import('@quadrille/personal-data');
  const newest = textOf('PERSONAL_DATA_KEY', env);
  if (newest === undefined) throw new Refusal(`PERSONAL_DATA_KEY is missing; expected ${SECRET_EXPECTED}.`);
  if (!isSecret(newest)) throw new Refusal(`PERSONAL_DATA_KEY is not usable; expected ${SECRET_EXPECTED}.`);
  const old = secretsIn(textOf('PERSONAL_DATA_OLD_KEYS', env) ?? '');
  if (old.every(isSecret)) return [newest, ...old];
  throw new Refusal(
    `PERSONAL_DATA_OLD_KEYS is not usable; expected secrets with commas between, each of ${SECRET_EXPECTED}.`,
  );
}

function textOf(name: string, env: NodeJS.ProcessEnv): string | undefined {
  try {
    return secretOf(name, env)?.();
  } catch (error) {
    throw error instanceof SecurityProblem ? new Refusal(error.message) : error;
  }
}
