import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { crashOn } from '@quadrille/crash-points';
import type { KafkaTransport } from '@quadrille/kafka';
import { DeadLetters, OutboxDeadLetters, RunCommands, type Runner, Workload } from '@quadrille/runtime';
import type { Pool } from 'pg';
import type { z } from 'zod';
import { consumedTopics, makeConsumer, openRelay, prepareTopics, rethrow, sends, startRelaying } from './broker.js';
import { ConsumerWatch } from './consumer-watch.js';
import { createRetention } from './create-retention.js';
import { createRunner } from './create-runner.js';
import { openDatabase } from './database.js';
import type { ServiceDefinition } from './definition.js';
import { type CommonEnvironment, commonEnvironment, readEnvironment, securityOf } from './environment.js';
import { Controls } from './faults/controls.js';
import { FaultInjector } from './faults/fault-injector.js';
import { PoisonMessages } from './faults/poison-messages.js';
import { HealthService } from './health-service.js';
import { makeApplication } from './http/application.js';
import { admitCommands } from './http/caller.js';
import { listen } from './http/listen.js';
import { createVerifier } from './identity/create-verifier.js';
import { serviceLog } from './logging.js';
import { openTelemetry, type Telemetry } from './open-telemetry.js';
import { ProjectionConsumer } from './projection-consumer.js';
import type { ServiceContext } from './service-context.js';
import type { ServiceProviders } from './service-module.js';
import { Shutdown } from './shutdown.js';

/** A service that takes requests and records. */
export interface RunningService {
  /** Where it listens: `http://127.0.0.1:3001`. */
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly environment: CommonEnvironment;
  /** Ends it in order; says whether all parts ended by themselves. */
  readonly stop: () => Promise<boolean>;
}

/** For a service with nothing to hear or to say. */
const WITHOUT_BROKER = { KAFKA_BROKERS: commonEnvironment.KAFKA_BROKERS.default([]) };

/** Boots a service. Throws a `BootProblem` where the person who starts it can mend it; then nothing stays open. */
export async function bootService<Environment extends z.ZodRawShape, Outside>(
  definition: ServiceDefinition<Environment, Outside>,
  processEnv: NodeJS.ProcessEnv,
  onFatal: (error: Error) => void,
): Promise<RunningService> {
  const shape: z.ZodRawShape = definition.environment ?? {};
  const needsBroker = sends(definition) || definition.projection !== undefined;
  const env = readEnvironment(needsBroker ? shape : { ...shape, ...WITHOUT_BROKER }, processEnv);
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

/** The boot, from the inside out: what lets work in comes last. */
async function open(context: ServiceContext, faults: FaultInjector): Promise<RunningService> {
  const { definition, env, log, shutdown } = context;
  const began = Date.now();
  const telemetry = await openTelemetry(context);
  const { dataSource, pool } = await openDatabase(context);
  const speaking = sends(definition);
  if (speaking || definition.projection) await prepareTopics(context);
  const relay = speaking ? await openRelay(context, pool, telemetry) : undefined;
  const gateways = definition.gateways?.(env);
  const runner = createRunner(context, pool, gateways, relay, telemetry.batches);
  const consumer = await openConsumer(context, pool, runner, telemetry);
  const health = new HealthService({
    service: definition.steps.service,
    pool,
    silentAfterMs: env.CONSUMER_WEDGED_AFTER_SECONDS * 1_000,
    ...(consumer && { consumer }),
    ...(relay && { relay }),
    work: consumer instanceof ProjectionConsumer ? consumer : runner.work,
  });
  const providers: ServiceProviders = {
    dataSource,
    commands: new RunCommands(runner),
    health,
    workload: new Workload({ service: definition.steps.service, pool, ...(consumer && { consumer }) }),
    deadLetters: new DeadLetters(pool, log, definition.rows),
    outboxDeadLetters: new OutboxDeadLetters(pool, log),
    ...(env.QUADRILLE_DEMO && { controls: new Controls(consumer, relay, faults, new PoisonMessages(context)) }),
    gateways,
    environment: env,
    log,
  };
  const app = await makeApplication(definition, env, providers, createVerifier(env, log), (fastify) => {
    telemetry.watchRequests(fastify, { pool, relay, consumer, gate: runner.gate });
    admitCommands(fastify, definition, (step, bytes) => runner.gate?.refusal(step, bytes));
  });
  shutdown.set('the application', () => app.close());
  const url = await listen(app, context);

  if (relay) startRelaying(context, relay);
  runner.start();
  const retention = createRetention(context, pool);
  retention.start();
  shutdown.set('removing old rows', () => retention.stop());
  if (consumer) await startConsuming(context, app, consumer, health);
  health.serving = true;
  log.info({ url, identity: env.AUTH_ISSUER ?? 'none', tookMs: Date.now() - began }, 'ready');
  const stop = () => {
    health.serving = false;
    return shutdown.end();
  };
  return { url, app, environment: env, stop };
}

/** The way in from the topics, if the service has one. */
async function openConsumer(
  context: ServiceContext,
  pool: Pool,
  runner: Runner,
  { reads }: Telemetry,
): Promise<KafkaTransport | ProjectionConsumer | undefined> {
  const { definition } = context;
  if (definition.projection) return ProjectionConsumer.open(context, pool, definition.projection, reads);
  return consumedTopics(definition).length > 0 ? makeConsumer(context, runner) : undefined;
}

async function startConsuming(
  context: ServiceContext,
  app: NestFastifyApplication,
  consumer: KafkaTransport | ProjectionConsumer,
  health: HealthService,
) {
  const { env, log, shutdown, onFatal } = context;
  const watch = new ConsumerWatch({
    consumer,
    isLive: async () => (await health.live()).parts.consumer?.ok !== false,
    wedgedAfterMs: env.CONSUMER_WEDGED_AFTER_SECONDS * 1_000,
    onFatal,
    log,
  });
  app.connectMicroservice({ strategy: consumer });
  shutdown.set('consuming', async () => {
    await watch.stop();
    await consumer.close();
  });
  await app.startAllMicroservices().catch((error: unknown) => rethrow(error, context));
  watch.start();
}
