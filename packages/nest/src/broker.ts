import { groupOf, topicsConsumedBy, topicsOfExtensions, topicsWrittenBy } from '@quadrille/choreography';
import {
  type Connection,
  createTopics,
  EventProducer,
  KafkaTransport,
  KafkaUnreachable,
  TopicsProblem,
  verifyTopics,
} from '@quadrille/kafka';
import { Relay } from '@quadrille/outbox';
import { Runner, type RunnerLimits, type RunnerOptions } from '@quadrille/runtime';
import type { Pool } from 'pg';
import type { z } from 'zod';
import { BootProblem, brokerProblem } from './boot-problems.js';
import type { ServiceDefinition } from './definition.js';
import { type CommonEnvironment, commonEnvironment, readEnvironment } from './environment.js';
import type { Telemetry } from './open-telemetry.js';
import { missingKeysProblem } from './personal-data.js';
import { RelayWatch } from './relay-watch.js';
import type { ServiceContext } from './service-context.js';

/** The topics that a service consumes; empty for one that only accepts requests. */
export const consumedTopics = (definition: ServiceDefinition<any, any>): string[] =>
  topicsConsumedBy(definition, definition.rows, definition.steps.service);

/** A service publishes if one of its rows emits an event, or if it consumes: then it may have to publish dead-letter notices. */
export const sends = (definition: ServiceDefinition<any, any>): boolean =>
  consumedTopics(definition).length > 0 ||
  Object.values(definition.rows).some(({ service, emits }) => service === definition.steps.service && emits.length > 0);

/** A service that neither consumes nor publishes. */
const WITHOUT_BROKER = { KAFKA_BROKERS: commonEnvironment.KAFKA_BROKERS.default([]) };

/** Validates the environment of a service. Only a service that uses topics needs brokers. */
export function readEnvironmentOf(definition: ServiceDefinition<any, any>, env: NodeJS.ProcessEnv): CommonEnvironment {
  const shape: z.ZodRawShape = definition.environment ?? {};
  const needsBroker = sends(definition) || definition.projection !== undefined;
  const read = readEnvironment(needsBroker ? shape : { ...shape, ...WITHOUT_BROKER }, env);
  const problem = missingKeysProblem(definition, read);
  if (problem) throw new BootProblem(problem);
  return read;
}

/** The connection of every Kafka client of the service. */
export const connectionOf = ({ definition, env, log, security }: ServiceContext): Connection => ({
  brokers: env.KAFKA_BROKERS,
  clientId: definition.steps.service,
  log,
  ...(security && { security }),
});

/** The topics that a service reads and writes, and needs rights to. */
function ownTopics(definition: ServiceDefinition<any, any>): string[] {
  const { rows, steps, projection } = definition;
  return [...topicsWrittenBy(definition, rows, steps.service), ...(projection?.topics ?? consumedTopics(definition))];
}

/** Creates missing topics, in any order of services, or only verifies them, according to `TOPICS`. */
export async function prepareTopics(context: ServiceContext): Promise<void> {
  const { definition, env } = context;
  const { system, steps, projection } = definition;
  const consumes = projection !== undefined || consumedTopics(definition).length > 0;
  const { TOPICS: how = env.KAFKA_SASL_MECHANISM ? 'verify' : 'create' } = env;
  const wanted = {
    ...connectionOf(context),
    topics: ownTopics(definition),
    partitions: env.TOPIC_PARTITIONS,
    ...(consumes && { group: groupOf(system, steps.service) }),
  };
  await (how === 'create'
    ? createTopics({ ...wanted, replicationFactor: env.TOPIC_REPLICATION_FACTOR })
    : verifyTopics(wanted)
  ).catch((error) => rethrow(error, context));
}

/** Opens the relay from the outbox to the topics; it sends once it is started. */
export async function openRelay(
  context: ServiceContext,
  pool: Pool,
  telemetry: Pick<Telemetry, 'publishing' | 'relay'>,
): Promise<Relay> {
  const { env, log, shutdown } = context;
  const producer = new EventProducer(connectionOf(context), context.definition.wire);
  shutdown.set('the producer', () => producer.disconnect());
  await producer.connect().catch((error) => rethrow(error, context));
  const relay = new Relay({
    pool,
    send: telemetry.publishing((records) => producer.send(records)),
    log,
    ...(telemetry.relay && { observe: telemetry.relay }),
    limits: { stalledAfterMs: env.RELAY_STALLED_AFTER_MS },
  });
  return relay;
}

/** Starts the relay and its watch. */
export function startRelaying({ env, log, shutdown, onFatal }: ServiceContext, relay: Relay): void {
  const watch = new RelayWatch({ relay, everyMs: env.RELAY_STALLED_AFTER_MS / 3, onFatal, log });
  shutdown.set('sending events', async () => {
    await watch.stop();
    await relay.stop(env.SHUTDOWN_TIMEOUT_MS / 2);
  });
  relay.start();
  watch.start();
}

/** The limits of a consumer. It replaces a silent member itself after half the time in which it would count as stalled. */
export const consumerLimits = (env: CommonEnvironment) => ({
  maxBatchRecords: env.BATCH_MAX_INPUTS,
  sessionTimeoutMs: env.CONSUMER_SESSION_TIMEOUT_MS,
  drainTimeoutMs: env.SHUTDOWN_TIMEOUT_MS / 2,
  inactiveAfterMs: env.CONSUMER_STALLED_AFTER_SECONDS * 500,
  stalledAfterMs: env.CONSUMER_STALLED_AFTER_SECONDS * 1_000,
});

/** Creates the consumer from the topics to the runner; it consumes once Nest starts it. */
export function makeConsumer(context: ServiceContext, runner: Runner): KafkaTransport {
  const { definition, env, onFatal } = context;
  return new KafkaTransport({
    ...connectionOf(context),
    groupId: groupOf(definition.system, definition.steps.service),
    topics: consumedTopics(definition),
    backgroundTopics: topicsOfExtensions(definition, definition.rows, definition.steps.service),
    onRecords: (records) => runner.takeRecords(records),
    settle: () => runner.settle(),
    onFatal,
    limits: consumerLimits(env),
  });
}

export function rethrow(error: unknown, { env }: ServiceContext): never {
  if (error instanceof KafkaUnreachable) throw brokerProblem(env.KAFKA_BROKERS, error);
  throw error instanceof TopicsProblem ? new BootProblem(error.message, { cause: error }) : error;
}

const DEADLINE_POLL_MS = 500;
const REDRIVE_POLL_MS = 500;
const REDRIVE_MAX_KEYS = 100;

/** Creates the runner of a service, with the limits of its environment. */
export function createRunner(
  context: ServiceContext,
  {
    relay,
    sealCommand,
    ...parts
  }: Pick<RunnerOptions, 'pool' | 'gateways' | 'telemetry'> & {
    readonly relay: Relay | undefined;
    readonly sealCommand: RunnerOptions['sealCommand'] | undefined;
  },
): Runner {
  const { definition, env, log, shutdown } = context;
  const limits: RunnerLimits = {
    batchMaxInputs: env.BATCH_MAX_INPUTS,
    batchMaxBytes: env.BATCH_MAX_BYTES,
    gate: {
      maxCommands: env.ADMISSION_MAX_COMMANDS,
      maxBytes: env.ADMISSION_MAX_BYTES,
      maxAgeMs: env.ADMISSION_MAX_AGE_MS,
      freeSagas: env.ADMISSION_FREE_SAGAS,
    },
    idempotencySeconds: env.IDEMPOTENCY_KEY_HOURS * 3_600,
    deadlineSeconds: definition.deadlineSeconds?.(env) ?? 0,
    deadlinePollMs: DEADLINE_POLL_MS,
    redrivePollMs: REDRIVE_POLL_MS,
    redriveMaxKeys: REDRIVE_MAX_KEYS,
    callTimeoutMs: env.CALL_TIMEOUT_MS,
  };
  const runner = new Runner({
    ...{ definition, environment: env, log, limits, ...parts },
    ...(sealCommand && { sealCommand }),
    ...(relay && { relay }),
  });
  shutdown.set('running steps', () => runner.stop());
  return runner;
}
