import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { crashOn } from '@quadrille/crash-points';
import type { z } from 'zod';
import { readEnvironmentOf } from './broker.js';
import { demandSoundTopics, demandSteps } from './choreography-problems.js';
import type { ServiceDefinition } from './definition.js';
import { type CommonEnvironment, securityOf } from './environment.js';
import { Controls } from './faults/controls.js';
import { FaultInjector } from './faults/fault-injector.js';
import { PoisonMessages } from './faults/poison-messages.js';
import { AdminListener } from './http/admin-listener.js';
import { makeApplication } from './http/application.js';
import { admitCommands } from './http/caller.js';
import { listen, listenToOperators } from './http/listen.js';
import { createVerifier } from './identity/token-verifier.js';
import { serviceLog } from './logging.js';
import type { ServiceContext } from './service-context.js';
import { openParts, startParts } from './service-parts.js';
import { Shutdown } from './shutdown.js';

/** A service that accepts requests and records. */
export interface RunningService {
  /** The URL of its listener: `http://127.0.0.1:3001`. */
  readonly url: string;
  /** The URL for operators, if it differs (ADMIN_PORT). */
  readonly adminUrl: string | undefined;
  readonly app: NestFastifyApplication;
  readonly environment: CommonEnvironment;
  /** Stops the service in order; returns whether all components stopped in time. */
  readonly stop: () => Promise<boolean>;
}

/** Boots a service. Throws a `BootProblem` for a configuration error; then everything is closed again. */
export async function bootService<Environment extends z.ZodRawShape, Gateways>(
  definition: ServiceDefinition<Environment, Gateways>,
  processEnv: NodeJS.ProcessEnv,
  onFatal: (error: Error) => void,
): Promise<RunningService> {
  demandSoundTopics(definition);
  demandSteps(definition);
  const env = readEnvironmentOf(definition, processEnv);
  const log = serviceLog(definition.steps.service, env);
  if (env.QUADRILLE_CRASH_AT) crashOn(env.QUADRILLE_CRASH_AT.point, env.QUADRILLE_CRASH_AT.passage);
  const shutdown = new Shutdown(env.SHUTDOWN_TIMEOUT_MS, log);
  try {
    const faults = new FaultInjector();
    const shown = env.QUADRILLE_DEMO ? faults.wrapAll(definition) : definition;
    return await open({ definition: shown, env, security: securityOf(env), log, shutdown, onFatal }, faults);
  } catch (error) {
    await shutdown.end();
    throw error;
  }
}

/** Opens the components from the inside out: those that accept work are last. */
async function open(context: ServiceContext, faults: FaultInjector): Promise<RunningService> {
  const { definition, env, log, shutdown } = context;
  const began = Date.now();
  const parts = await openParts(context);
  const { telemetry, pool, relay, consumer, runner, health } = parts;
  const controls = env.QUADRILLE_DEMO && {
    controls: new Controls(consumer, relay, faults, new PoisonMessages(context)),
  };
  const verifier = createVerifier(env, log);
  const given = { ...parts, ...controls, verifier, environment: env, log };
  const admin = env.ADMIN_PORT === undefined ? undefined : new AdminListener();
  const app = await makeApplication(definition, env, given, {
    verifier,
    admin,
    watchRequests(fastify) {
      telemetry.watchRequests(fastify, { pool, relay, consumer, gate: runner.gate });
      admitCommands(fastify, definition, (step, bytes) => runner.gate?.refusal(step, bytes));
    },
  });
  shutdown.set('the application', () => app.close());
  const url = await listen(app, context);
  const adminUrl = admin && (await listenToOperators(admin, context));
  await startParts(context, parts, (strategy) => {
    app.connectMicroservice({ strategy });
    return app.startAllMicroservices().then(() => {});
  });
  log.info(
    { url, ...(adminUrl && { adminUrl }), identity: env.AUTH_ISSUER ?? 'none', tookMs: Date.now() - began },
    'ready',
  );
  const stop = () => {
    health.serving = false;
    return shutdown.end();
  };
  return { url, adminUrl, app, environment: env, stop };
}
