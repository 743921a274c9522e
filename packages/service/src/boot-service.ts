import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { dieAt } from '@quadrille/crash-points';
import type { KafkaTransport } from '@quadrille/kafka';
import type { Pool } from 'pg';
import type { z } from 'zod';
import type { Boot } from './boot.js';
import { heardTopics, makeConsumer, openRelay, prepareTopics, rethrow, sends, startRelaying } from './broker.js';
import { Bugs } from './bugs.js';
import { ConsumerWatch } from './consumer-watch.js';
import { Controls } from './controls.js';
import { openDatabase } from './database.js';
import { DeadLetters } from './dead-letters.js';
import type { ServiceDefinition } from './definition.js';
import { type CommonEnvironment, commonEnvironment, readEnvironment } from './environment.js';
import { Garbage } from './garbage.js';
import { makeApplication } from './http/application.js';
import { admitCommands } from './http/caller.js';
import { listen } from './http/listen.js';
import { Listener } from './listener.js';
import { serviceLog } from './logging.js';
import { retentionOf } from './retention-of.js';
import { RunCommands } from './run-commands.js';
import type { Runner } from './runner.js';
import { runnerOf } from './runner-of.js';
import type { Ingredients } from './service-module.js';
import { Shutdown } from './shutdown.js';
import { openTelemetry, type Telemetry } from './telemetry/open-telemetry.js';
import { UnsendableRecords } from './unsendable-records.js';
import { Vitals } from './vitals.js';
import { Workload } from './workload.js';

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
  const needsBroker = sends(definition) || definition.listens !== undefined;
  const env = readEnvironment(needsBroker ? shape : { ...shape, ...WITHOUT_BROKER }, processEnv);
  const log = serviceLog(definition.part.service, env);
  if (env.QUADRILLE_CRASH_AT) dieAt(env.QUADRILLE_CRASH_AT.point, env.QUADRILLE_CRASH_AT.passage);
  const shutdown = new Shutdown(env.SHUTDOWN_TIMEOUT_MS, log);
  try {
    const bugs = new Bugs();
    const shown = env.QUADRILLE_DEMO ? bugs.into(definition) : definition;
    return await open({ definition: shown, env, log, shutdown, onFatal }, bugs);
  } catch (error) {
    await shutdown.end();
    throw error;
  }
}

/** The boot, from the inside out: what lets work in comes last. */
async function open(boot: Boot, bugs: Bugs): Promise<RunningService> {
  const { definition, env, log, shutdown } = boot;
  const began = Date.now();
  const telemetry = await openTelemetry(boot);
  const { dataSource, pool } = await openDatabase(boot);
  const speaking = sends(definition);
  if (speaking || definition.listens) await prepareTopics(boot);
  const relay = speaking ? await openRelay(boot, pool, telemetry) : undefined;
  const outside = definition.outside?.(env);
  const runner = runnerOf(boot, pool, outside, relay, telemetry.batches);
  const consumer = await openConsumer(boot, pool, runner, telemetry);
  const vitals = new Vitals({
    service: definition.part.service,
    pool,
    silentAfterMs: env.CONSUMER_WEDGED_AFTER_SECONDS * 1_000,
    ...(consumer && { consumer }),
    ...(relay && { relay }),
    work: consumer instanceof Listener ? consumer : runner.work,
  });
  const ingredients: Ingredients = {
    dataSource,
    commands: new RunCommands(runner),
    vitals,
    workload: new Workload({ service: definition.part.service, pool, ...(consumer && { consumer }) }),
    deadLetters: new DeadLetters(pool, log, definition.rows),
    unsendable: new UnsendableRecords(pool, log),
    ...(env.QUADRILLE_DEMO && { controls: new Controls(consumer, relay, bugs, new Garbage(boot)) }),
    outside,
    environment: env,
    log,
  };
  const app = await makeApplication(definition, env.BODY_LIMIT_BYTES, ingredients, (fastify) => {
    telemetry.watchRequests(fastify, { pool, relay, consumer, gate: runner.gate });
    admitCommands(fastify, definition, (step, bytes) => runner.gate?.refusal(step, bytes));
  });
  shutdown.set('the application', () => app.close());
  const url = await listen(app, boot);

  if (relay) startRelaying(boot, relay);
  runner.start();
  const retention = retentionOf(boot, pool);
  retention.start();
  shutdown.set('removing old rows', () => retention.stop());
  if (consumer) await startConsuming(boot, app, consumer, vitals);
  vitals.serving = true;
  log.info({ url, tookMs: Date.now() - began }, 'ready');
  const stop = () => {
    vitals.serving = false;
    return shutdown.end();
  };
  return { url, app, environment: env, stop };
}

/** The way in from the topics, if the service has one. */
async function openConsumer(
  boot: Boot,
  pool: Pool,
  runner: Runner,
  { reads }: Telemetry,
): Promise<KafkaTransport | Listener | undefined> {
  const { definition } = boot;
  if (definition.listens) return Listener.open(boot, pool, definition.listens, reads);
  return heardTopics(definition).length > 0 ? makeConsumer(boot, runner) : undefined;
}

async function startConsuming(
  boot: Boot,
  app: NestFastifyApplication,
  consumer: KafkaTransport | Listener,
  vitals: Vitals,
) {
  const { env, log, shutdown, onFatal } = boot;
  const watch = new ConsumerWatch({
    consumer,
    isLive: async () => (await vitals.live()).parts.consumer?.ok !== false,
    wedgedAfterMs: env.CONSUMER_WEDGED_AFTER_SECONDS * 1_000,
    onFatal,
    log,
  });
  app.connectMicroservice({ strategy: consumer });
  shutdown.set('consuming', async () => {
    await watch.stop();
    await consumer.close();
  });
  await app.startAllMicroservices().catch((error: unknown) => rethrow(error, boot));
  watch.start();
}
