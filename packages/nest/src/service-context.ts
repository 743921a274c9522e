import type { Security } from '@quadrille/kafka/security';
import type { Logger } from 'pino';
import type { ServiceDefinition } from './definition.js';
import type { CommonEnvironment } from './environment.js';
import type { Shutdown } from './shutdown.js';

/** The context in which the components of a service are opened. */
export interface ServiceContext {
  readonly definition: ServiceDefinition<any, any>;
  readonly env: CommonEnvironment;
  /** From the environment. */
  readonly security?: Security | undefined;
  readonly log: Logger;
  /** Components register their shutdown here. */
  readonly shutdown: Shutdown;
  /** A component cannot continue: the process has to exit. */
  readonly onFatal: (error: Error) => void;
}
