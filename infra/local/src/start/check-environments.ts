import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SERVICES, type ServiceName } from '@quadrille/contracts';
import { plainShell } from '../process/shell.js';
import type { SystemOptions } from '../system-options.js';

const SCRIPT = fileURLToPath(new URL('./check-environments-main.js', import.meta.url));
/** They get other ones, which are ours. */
const OURS = { DATABASE_URL: 'postgres://service@127.0.0.1/service', KAFKA_BROKERS: '127.0.0.1:9092' };

/** What each service will be told of the shell from which we were started, and by us. */
export type Environments = Partial<Record<ServiceName, NodeJS.ProcessEnv>>;

/**
 * Throws a sentence for each variable that a service would refuse, before anything is started for it. Asked of the services' own
 * definitions, by a process that ends again: they load all that services stand on.
 */
export function checkEnvironments({ env, envOf }: Pick<SystemOptions, 'env' | 'envOf'>): void {
  const of = (name: ServiceName) => ({ ...plainShell(), ...env, ...OURS, ...envOf?.[name] });
  const environments: Environments = Object.fromEntries(SERVICES.map((name) => [name, of(name)]));
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [SCRIPT], {
    input: JSON.stringify(environments),
    encoding: 'utf8',
    env: plainShell(),
  });
  if (error) throw error;
  if (status !== 0) throw new Error(stdout.trim() || stderr.trim());
}
