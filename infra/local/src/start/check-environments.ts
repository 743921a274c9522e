import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SERVICES, type ServiceName } from '@quadrille/contracts';
import { plainShell } from '../process/shell.js';
import type { SystemOptions } from '../system-options.js';

const SCRIPT = fileURLToPath(new URL('./check-environments-main.js', import.meta.url));
/** Placeholders for variables that the system sets itself. */
const OURS = { DATABASE_URL: 'postgres://service@127.0.0.1/service', KAFKA_BROKERS: '127.0.0.1:9092' };

/** The environment of each service: the user's shell and the variables of the system. */
export type Environments = Partial<Record<ServiceName, NodeJS.ProcessEnv>>;

/**
 * Throws one sentence per variable that a service would reject, before any process is started. A separate process reads the
 * services' own definitions, because they load all their dependencies.
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
