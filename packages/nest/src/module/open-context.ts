import type { Wire } from '@quadrille/choreography';
import type { ServiceDefinition } from '../definition.js';
import { type CommonEnvironment, securityOf } from '../environment.js';
import { serviceLog } from '../logging.js';
import type { ServiceContext } from '../service-context.js';
import { Shutdown } from '../shutdown.js';

/** The table of our migrations, apart from those of the application. */
export const MIGRATIONS_TABLE = 'quadrille_migrations';

/**
 * The context of components inside an application. A component that cannot continue requests the end of the process, so that its
 * supervisor restarts it.
 */
export function openContext(definition: ServiceDefinition<any, any>, env: CommonEnvironment): ServiceContext {
  const log = serviceLog(definition.steps.service, env);
  const onFatal = (err: Error) => {
    log.fatal({ err }, 'a component failed permanently; the process shuts down');
    process.kill(process.pid, 'SIGTERM');
  };
  return {
    definition,
    env,
    security: securityOf(env),
    log,
    shutdown: new Shutdown(env.SHUTDOWN_TIMEOUT_MS, log),
    onFatal,
  };
}

/** The definition of parts without a choreography: a name, and the form of records. */
export const nameOnly = (service: string, wire?: Wire): ServiceDefinition<any, any> => ({
  ...(wire && { wire }),
  system: service,
  rows: {},
  steps: { service, steps: [] },
  stores: [],
  migrations: [],
  defaultPort: 0,
  controllers: [],
});
