import type { z } from 'zod';
import { BootProblem } from './boot-problems.js';
import { bootService, type RunningService } from './boot-service.js';
import type { ServiceDefinition } from './definition.js';
import { onStopRequest } from './shutdown.js';

export { bootService, type RunningService };

/**
 * Runs a service until the process receives a signal to stop: the `main.ts` of every app. Startup problems are printed as sentences on
 * standard error, with exit code 1.
 */
export async function runService<Environment extends z.ZodRawShape, Gateways>(
  definition: ServiceDefinition<Environment, Gateways>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<RunningService> {
  const name = definition.steps.service;
  let service: RunningService | undefined;
  const endBecause = async (error: unknown) => {
    reportFatal(`${name} ends`, error);
    await service?.stop();
    process.exit(1);
  };
  process.on('uncaughtException', (error) => void endBecause(error));
  process.on('unhandledRejection', (error) => void endBecause(error));
  try {
    service = await bootService(definition, env, (error) => void endBecause(error));
  } catch (error) {
    reportFatal(`${name} cannot start`, error);
    process.exit(1);
  }
  const { stop, environment } = service;
  onStopRequest(() => void stop().then(() => process.exit(0)), environment.QUADRILLE_PARENT_WATCH);
  return service;
}

/** Prints to the terminal. A configuration error needs no stack trace. */
function reportFatal(what: string, error: unknown): void {
  const why = error instanceof BootProblem ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${what}: ${why}\n`);
}
