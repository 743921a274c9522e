import { fileURLToPath } from 'node:url';
import {
  brokerSettings,
  createReaderRole,
  createServiceDatabase,
  freePort,
  hasLoadedCoordinators,
  type LocalKafka,
  type LocalPostgres,
  READER,
  type SystemOptions,
} from '@quadrille/local';
import pg from 'pg';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { KAFKA_IMAGE, POSTGRES_IMAGE } from './engine.js';
import { eventually } from './eventually.js';

const STARTED_WITHIN_MS = 240_000;
const POSTGRES_PORT = 5_432;
const CONTROLLER_PORT = 9_093;
const PASSWORD = 'of-a-test';
/** The folder in which the image looks for replacements of its settings. */
const CONFIG = '/mnt/shared/config';
const OUR_CONFIG = fileURLToPath(new URL('../../../infra/kafka/container', import.meta.url));

/** Starts the servers of a system in containers of their official images; they are ready, and stop with the system. */
export async function startContainers(): Promise<NonNullable<SystemOptions['servers']>> {
  const [postgres, kafka] = await Promise.all([postgresContainer(), kafkaContainer()]);
  return { postgres, kafka };
}

async function postgresContainer(): Promise<LocalPostgres> {
  const container = await new GenericContainer(POSTGRES_IMAGE)
    .withEnvironment({ POSTGRES_PASSWORD: PASSWORD })
    .withExposedPorts(POSTGRES_PORT)
    .withCommand(['postgres', '-c', 'max_connections=200'])
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(STARTED_WITHIN_MS)
    .start();
  const port = container.getMappedPort(POSTGRES_PORT);
  const passwords = new Map([['postgres', PASSWORD]]);
  const url = (database = 'postgres', role = 'postgres') =>
    `postgres://${role}:${encodeURIComponent(passwords.get(role)!)}@${container.getHost()}:${port}/${database}`;
  await eventually('an answer of PostgreSQL', () => answers(url()), Boolean, STARTED_WITHIN_MS);
  return {
    port,
    get pid(): number {
      throw new Error('PostgreSQL is no process of this machine: it runs in a container.');
    },
    superuserUrl: url(),
    url,
    async createService(name, password) {
      await createServiceDatabase(url(), name, password);
      passwords.set(name, password);
      return url(name, name);
    },
    async createReader(databases, password) {
      await createReaderRole(url(), databases, password);
      passwords.set(READER, password);
      return Object.fromEntries(databases.map((name) => [name, url(name, READER)]));
    },
    stop: () => end(container),
  };
}

/** Its port outside equals its port inside, because a broker advertises its address to clients. */
async function kafkaContainer(): Promise<LocalKafka> {
  const port = await freePort();
  const settings = brokerSettings(port, CONTROLLER_PORT, '0.0.0.0', '/tmp/kafka-logs');
  const container = await new GenericContainer(KAFKA_IMAGE)
    .withEnvironment({ ...asVariables(settings), KAFKA_HEAP_OPTS: '-Xms128m -Xmx512m' })
    .withCopyFilesToContainer(
      ['log4j2.yaml', 'tools-log4j2.yaml'].map((name) => ({
        source: `${OUR_CONFIG}/${name}`,
        target: `${CONFIG}/${name}`,
        mode: 0o644,
      })),
    )
    .withExposedPorts({ container: port, host: port })
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(STARTED_WITHIN_MS)
    .start();
  const broker = `127.0.0.1:${port}`;
  await eventually('loaded coordinators', () => hasLoadedCoordinators(broker), Boolean, STARTED_WITHIN_MS);
  return { brokers: [broker], how: `${KAFKA_IMAGE} by testcontainers`, stop: () => end(container) };
}

const asVariables = (settings: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`, value]),
  );

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  try {
    await client.connect();
    await client.query('select');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

const end = async (container: StartedTestContainer): Promise<void> =>
  void (await container.stop({ remove: true, removeVolumes: true }));
