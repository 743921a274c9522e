import type { PersonalData } from '@quadrille/choreography';
import type { KafkaTransport } from '@quadrille/kafka';
import type { Relay } from '@quadrille/outbox';
import { type Commands, DeadLetters, OutboxDeadLetters, RunCommands, type Runner, Workload } from '@quadrille/runtime';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import {
  consumedTopics,
  createRunner,
  makeConsumer,
  openRelay,
  prepareTopics,
  rethrow,
  sends,
  startRelaying,
} from './broker.js';
import { warnOfCopies } from './choreography-problems.js';
import { ConsumerWatch } from './consumer-watch.js';
import { createRetention } from './create-retention.js';
import { openDatabase } from './database.js';
import { HealthService } from './health-service.js';
import { warnOfMissingServices } from './missing-services.js';
import { openTelemetry, type Telemetry } from './open-telemetry.js';
import { openPersonalData } from './personal-data.js';
import { ProjectionConsumer } from './projection-consumer.js';
import type { ServiceContext } from './service-context.js';
import { warnOfUnrelayedOutboxes } from './unrelayed-outboxes.js';

type Consumer = KafkaTransport | ProjectionConsumer;

/** All components of a service except HTTP. A service without topics has no consumer, one without events no relay. */
export interface ServiceParts {
  readonly telemetry: Telemetry;
  readonly dataSource: DataSource;
  readonly pool: Pool;
  readonly relay?: Relay;
  readonly runner: Runner;
  readonly consumer?: Consumer;
  /** The result of the definition's `gateways`. */
  readonly gateways: unknown;
  readonly personalData: PersonalData;
  readonly commands: Commands;
  readonly health: HealthService;
  readonly workload: Workload;
  readonly deadLetters: DeadLetters;
  readonly outboxDeadLetters: OutboxDeadLetters;
}

/** Migrates, connects and prepares. No message is consumed and no event sent yet. Each component registers its shutdown. */
export async function openParts(context: ServiceContext): Promise<ServiceParts> {
  const { definition, env, log } = context;
  const { service } = definition.steps;
  warnOfCopies(log);
  const telemetry = await openTelemetry(context);
  const { dataSource, pool } = await openDatabase(context);
  const sending = sends(definition);
  if (sending || definition.projection) await prepareTopics(context);
  const relay = sending ? await openRelay(context, pool, telemetry) : undefined;
  const { personalData, sealCommand, keysPool } = await openPersonalData(context);
  const gateways = definition.gateways?.(env, { personalData });
  const runner = createRunner(context, { pool, gateways, relay, sealCommand, telemetry: telemetry.batches });
  const consumer = await openConsumer(context, pool, runner, telemetry);
  return {
    ...{ telemetry, dataSource, pool, runner, gateways, personalData },
    ...(relay && { relay }),
    ...(consumer && { consumer }),
    commands: new RunCommands(runner),
    health: new HealthService({
      service,
      pool,
      silentAfterMs: env.CONSUMER_STALLED_AFTER_SECONDS * 1_000,
      ...(consumer && { consumer }),
      ...(relay && { relay }),
      ...(keysPool && { keysPool }),
      work: consumer instanceof ProjectionConsumer ? consumer : runner.work,
    }),
    workload: new Workload({ service, pool, ...(consumer && { consumer }) }),
    deadLetters: new DeadLetters(pool, log, definition.rows),
    outboxDeadLetters: new OutboxDeadLetters(pool, log),
  };
}

/** Starts the components; `listen` starts the consumer as a transport strategy. */
export async function startParts(
  context: ServiceContext,
  { relay, runner, pool, consumer, health }: ServiceParts,
  listen: (consumer: Consumer) => Promise<void>,
): Promise<void> {
  const { shutdown } = context;
  if (relay) startRelaying(context, relay);
  runner.start();
  const retention = createRetention(context, pool);
  retention.start();
  shutdown.set('removing old rows', () => retention.stop());
  if (consumer) await startConsuming(context, consumer, health, listen);
  health.serving = true;
  if (sends(context.definition)) warnOfMissingServices(context);
  if (relay) warnOfUnrelayedOutboxes(context, pool);
}

/** Opens the consumer, if the service has one. */
async function openConsumer(
  context: ServiceContext,
  pool: Pool,
  runner: Runner,
  { reads }: Telemetry,
): Promise<Consumer | undefined> {
  const { definition } = context;
  if (definition.projection) return ProjectionConsumer.open(context, pool, definition.projection, reads);
  return consumedTopics(definition).length > 0 ? makeConsumer(context, runner) : undefined;
}

async function startConsuming(
  context: ServiceContext,
  consumer: Consumer,
  health: HealthService,
  listen: (consumer: Consumer) => Promise<void>,
): Promise<void> {
  const { env, log, shutdown, onFatal } = context;
  const watch = new ConsumerWatch({
    consumer,
    isLive: async () => (await health.live()).parts.consumer?.ok !== false,
    stalledAfterMs: env.CONSUMER_STALLED_AFTER_SECONDS * 1_000,
    onFatal,
    log,
  });
  shutdown.set('consuming', async () => {
    await watch.stop();
    await consumer.close();
  });
  await listen(consumer).catch((error: unknown) => rethrow(error, context));
  watch.start();
}
