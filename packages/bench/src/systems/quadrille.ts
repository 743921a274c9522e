import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { audit } from '@quadrille/audit';
import { topicOf } from '@quadrille/choreography';
import { checkout, OrderCreated, type ServiceName } from '@quadrille/contracts';
import {
  AUDITOR,
  createKeysDatabase,
  freePort,
  NODE_FLAGS,
  type RunningProcess,
  startProcess,
  variablesFor,
} from '@quadrille/local';
import { countingRequests } from '../measure/kafka-requests.js';
import { atRest } from './at-rest.js';
import { holdTopics } from './hold-topics.js';
import { type Servers, startServers } from './servers.js';
import type { Shop } from './shop.js';
import { READY_WITHIN_MS, type Started } from './started.js';
import { stock } from './stock-quadrille.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const WAITING = 'exists (select from outbox)';
/** Orders wait for the start of a drain, so their deadlines must not expire before. */
const NO_DEADLINE_SECONDS = 86_400;
const NO_BOUND = 1_000_000_000;

/** The services of the saga, as in the baseline. */
export const SAGA_SERVICES = ['order', 'payment', 'inventory', 'shipping'] as const;

/** Services, instances, partitions and further environment variables. */
export interface QuadrilleOptions {
  readonly services?: readonly ServiceName[];
  readonly instances?: number;
  readonly partitions?: number;
  /** Uses the default deadline and limits of every service. Otherwise orders may wait until a case starts. */
  readonly asDeployed?: boolean;
  /** With TLS, users and rules. Then requests to Kafka cannot be counted at the sockets. */
  readonly secured?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the services on new servers, with goods and accounts; `started` stops them. */
export async function startQuadrille(started: Started, options: QuadrilleOptions = {}): Promise<Shop> {
  const services = options.services ?? SAGA_SERVICES;
  const servers = await startServers(started, options);
  const databases: Record<string, string> = {};
  for (const name of services)
    databases[name] = await servers.postgres.createService(name, randomBytes(12).toString('hex'));
  const personalData = await createKeysDatabase(servers.postgres, servers.dataDir);
  const providerUrl = `http://127.0.0.1:${await freePort()}`;
  const ports = await chooseInstances(services, options.instances ?? 1);
  const run = (name: ServiceName, port: number, env: Record<string, string>) =>
    startProcess({
      name,
      command: process.execPath,
      args: [...NODE_FLAGS, join(ROOT, 'apps', name, 'dist/main.js')],
      cwd: ROOT,
      env: { LOG_LEVEL: 'warn', LOG_PRETTY: '0', QUADRILLE_DEMO: '1', ...options.env, ...env, PORT: String(port) },
      readyWhen: `http://127.0.0.1:${port}/health/ready`,
      readyWithinMs: READY_WITHIN_MS,
    });
  const provider = started.track(
    await run('payment-provider', Number(new URL(providerUrl).port), {
      PROVIDER_DATA_DIR: join(servers.dataDir, 'payment-provider'),
    }),
  );
  const starting = ports.map(async ({ name, port }) => {
    const env = {
      ...environmentOf(name, databases, servers, providerUrl, options),
      ...variablesFor(name, personalData),
    };
    return { name, port, process: started.track(await run(name, port, env)) };
  });
  await Promise.allSettled(starting);
  const running = await Promise.all(starting);
  const urlsOf = (name: string) =>
    running.filter((each) => each.name === name).map(({ port }) => `http://127.0.0.1:${port}`);
  // Without the other services, the order service only relays rows.
  if (services.length >= SAGA_SERVICES.length)
    await stock({ order: urlsOf('order')[0]!, payment: urlsOf('payment')[0]!, inventory: urlsOf('inventory')[0]! });
  const hold = async (topics: string[]) =>
    void (await Promise.all(urlsOf('payment').map((url) => holdTopics(url, topics))));
  return {
    side: 'quadrille',
    orderUrl: urlsOf('order')[0]!,
    databases,
    brokers: servers.kafka.brokers,
    processes: processesOf(services, running, provider, servers),
    superuserUrl: servers.postgres.superuserUrl,
    counting: {
      folder: servers.countsDir,
      pids: options.secured ? [] : running.map((each) => each.process.pid),
    },
    hold: () => hold([topicOf(checkout, OrderCreated)]),
    release: () => hold([]),
    waiting: WAITING,
    atRest: (withinMs) => atRest({ databases, waiting: WAITING }, withinMs),
    audit: () =>
      audit({
        databases,
        brokers: servers.kafka.brokers,
        ...(servers.kafka.secured && { security: servers.kafka.secured.security(AUDITOR) }),
        providerUrl,
        services: Object.keys(databases),
      }),
  };
}

async function chooseInstances(services: readonly ServiceName[], instances: number) {
  const chosen: { name: ServiceName; port: number }[] = [];
  for (const name of services) {
    for (let each = 0; each < instances; each++) chosen.push({ name, port: await freePort() });
  }
  return chosen;
}

function environmentOf(
  name: ServiceName,
  databases: Record<string, string>,
  { kafka, countsDir }: Servers,
  providerUrl: string,
  { partitions, asDeployed }: QuadrilleOptions,
): Record<string, string> {
  return {
    DATABASE_URL: databases[name]!,
    KAFKA_BROKERS: kafka.brokers.join(','),
    KAFKAJS_NO_PARTITIONER_WARNING: '1',
    ...(kafka.secured ? kafka.secured.variables(name) : countingRequests(countsDir)),
    ...(partitions && { TOPIC_PARTITIONS: String(partitions) }),
    // All orders of a case wait for the start of a drain.
    ...(name === 'order' &&
      !asDeployed && {
        ORDER_DEADLINE_SECONDS: String(NO_DEADLINE_SECONDS),
        ADMISSION_FREE_SAGAS: String(NO_BOUND),
      }),
    ...(name === 'payment' && { PAYMENT_PROVIDER_URL: providerUrl }),
  };
}

function processesOf(
  services: readonly string[],
  running: readonly { name: string; process: RunningProcess }[],
  provider: RunningProcess,
  { postgres, kafkaPid }: Servers,
): Record<string, readonly number[]> {
  const pidsOf = (name: string) => running.filter((each) => each.name === name).map((each) => each.process.pid);
  return {
    ...Object.fromEntries(services.map((name) => [name, pidsOf(name)])),
    'payment-provider': [provider.pid],
    postgres: [postgres.pid],
    ...(kafkaPid !== undefined && { kafka: [kafkaPid] }),
  };
}
