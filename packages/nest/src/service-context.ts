import type { Security } from '@quadrille/kafka/security';
import type { Logger } from 'pino';
import type { ServiceDefinition } from './definition.js';
import type { CommonEnvironment } from './environment.js';
import type { Shutdown } from './shutdown.js';

/** What every part of a service is opened with. */
export interface ServiceContext {
  readonly definition: ServiceDefinition<any, any>;
  readonly env: CommonEnvironment;
  /** As the environment says it. */
  readonly security?: Security | undefined;
  readonly log: Logger;
  /** Each part that opens says here how it ends. */
  readonly shutdown: Shutdown;
  /** A part cannot go on: the process has to end. */
  readonly onFatal: (error: Error) => void;
}
