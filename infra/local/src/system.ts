import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demandFree, freePort } from './free-port.js';
import { type LocalKafka, startKafka } from './kafka.js';
import { type LocalPostgres, startPostgres } from './postgres.js';
import { type RunningProcess, startProcess } from './process.js';
import { writeRunningFile } from './running-file.js';
import { servicePasswords } from './service-passwords.js';
import { DEFAULT_PORTS, portVariable, SERVICES, type ServiceName, WITH_DATABASE } from './services.js';
import { openSupervisor } from './supervisor.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Without a bound Node lets the heap of a busy service grow far beyond what it needs; so it stays below 250 MB in all. What a batch
 * needs fits twice into the space for young objects: then it dies there, which saves a tenth of the CPU.
 */
export const NODE_FLAGS = ['--enable-source-maps', '--max-old-space-size=144', '--max-semi-space-size=32'];

/** How to start the whole system. */
export interface SystemOptions {
  /** Kept over restarts: databases, topics, the provider's journal. */
  readonly dataDir: string;
  /** `usual`: the documented ports, or what `ORDER_PORT` and the like say. `free`: any, to run beside another system. */
  readonly ports: 'usual' | 'free';
  /** Where the servers are started by somebody else, in containers say; they are stopped with the system. */
  readonly servers?: { readonly postgres: LocalPostgres; readonly kafka: LocalKafka };
  /** Environment for every service, and for single ones. */
  readonly env?: Readonly<Record<string, string>>;
  readonly envOf?: Partial<Record<ServiceName, Readonly<Record<string, string>>>>;
  /** How a service is run, where not from its build. */
  readonly commandOf?: Partial<Record<ServiceName, { readonly command: string; readonly args: string[] }>>;
  /** The storefront's stage may stop services and start them again. */
  readonly supervised?: boolean;
  /** How long each service may take to be ready; default 60 s. */
  readonly readyWithinMs?: number;
  /** Told what is going on during long work. */
  readonly onProgress?: (line: string) => void;
  /** Told every line a service writes. */
  readonly onLine?: (service: ServiceName, line: string) => void;
}

/** The whole system, running. */
export interface System {
  readonly postgres: LocalPostgres;
  readonly kafka: LocalKafka;
  /** `http://127.0.0.1:3001` */
  readonly urls: Readonly<Record<ServiceName, string>>;
  /** The database of each service that has one. */
  readonly databases: Readonly<Record<string, string>>;
  readonly processes: Readonly<Record<ServiceName, RunningProcess>>;
  /** Ends everything, services first; nothing is left running. */
  stop(): Promise<void>;
}

/** Starts PostgreSQL, Kafka and all services as processes of their own, and waits until each is ready. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const each of started.splice(0).reverse()) await each.stop();
  };
  const supervisor = options.supervised ? await openSupervisor() : undefined;
  try {
    const ports = await choosePorts(options.ports);
    const [postgres, kafka] = await startServers(options, started);
    const databases = await createDatabases(postgres, options.dataDir);
    const urls = mapServices((name) => `http://127.0.0.1:${ports[name]}`);
    options.onProgress?.('starting the services');
    const supervision = supervisor && { SUPERVISOR_URL: supervisor.url };
    const run = (name: ServiceName) =>
      startService(name, options, {
        ...environment(name, ports, urls, databases, kafka),
        ...(name === 'storefront' && supervision),
      });
    const provider = await settled([run('payment-provider')], started);
    const others = await settled(SERVICES.filter((name) => name !== 'payment-provider').map(run), started);
    track(writeRunningFile(options.dataDir, { urls, databases, brokers: kafka.brokers }), started);
    const processes = Object.fromEntries([...provider, ...others].map((each) => [each.name, each]));
    // The stage itself stays.
    supervisor?.watch([...provider, ...others].filter(({ name }) => name !== 'storefront'));
    if (supervisor) track(supervisor, started);
    return { postgres, kafka, urls, databases, processes: processes as Record<ServiceName, RunningProcess>, stop };
  } catch (error) {
    await supervisor?.stop();
    await stop();
    throw error;
  }
}

const mapServices = <Value>(of: (name: ServiceName) => Value): Record<ServiceName, Value> =>
  Object.fromEntries(SERVICES.map((name) => [name, of(name)])) as Record<ServiceName, Value>;

async function choosePorts(how: SystemOptions['ports']): Promise<Record<ServiceName, number>> {
  const ports = {} as Record<ServiceName, number>;
  for (const name of SERVICES) {
    if (how === 'free') {
      ports[name] = await freePort();
      continue;
    }
    const variable = portVariable(name);
    const wanted = process.env[variable];
    ports[name] = wanted ? Number(wanted) : DEFAULT_PORTS[name];
    if (!Number.isInteger(ports[name]) || ports[name] < 1 || ports[name] > 65_535) {
      throw new Error(`${variable} is ${JSON.stringify(wanted)}; expected a port from 1 to 65535.`);
    }
    await demandFree(ports[name], name, variable);
  }
  return ports;
}

/** Both at once; both are waited for, so that a failure of one leaves the other where it can be stopped. */
async function startServers(
  { dataDir, onProgress, servers }: SystemOptions,
  started: { stop(): Promise<void> }[],
): Promise<[LocalPostgres, LocalKafka]> {
  if (servers) return [track(servers.postgres, started), track(servers.kafka, started)];
  onProgress?.('starting PostgreSQL and Kafka');
  const starting = [
    startPostgres({ dataDir: join(dataDir, 'postgres') }).then((server) => track(server, started)),
    startKafka({ dataDir: join(dataDir, 'kafka'), ...(onProgress && { onProgress }) }).then((server) =>
      track(server, started),
    ),
  ] as const;
  await Promise.allSettled(starting);
  return await Promise.all(starting);
}

function track<Part extends { stop(): Promise<void> }>(part: Part, started: { stop(): Promise<void> }[]): Part {
  started.push(part);
  return part;
}

async function createDatabases(postgres: LocalPostgres, dataDir: string): Promise<Record<string, string>> {
  const passwords = servicePasswords(dataDir, WITH_DATABASE);
  const urls: Record<string, string> = {};
  for (const name of WITH_DATABASE) urls[name] = await postgres.createService(name, passwords[name]!);
  return urls;
}

function environment(
  name: ServiceName,
  ports: Record<ServiceName, number>,
  urls: Record<ServiceName, string>,
  databases: Record<string, string>,
  kafka: LocalKafka,
): Record<string, string> {
  return {
    PORT: String(ports[name]),
    ...(databases[name] && { DATABASE_URL: databases[name], KAFKA_BROKERS: kafka.brokers.join(',') }),
    ...(name === 'payment' && { PAYMENT_PROVIDER_URL: urls['payment-provider'] }),
    ...(name === 'storefront' && urlVariables(urls)),
    KAFKAJS_NO_PARTITIONER_WARNING: '1',
  };
}

/** `ORDER_URL` and the like: browsers reach the other services through the storefront. */
const urlVariables = ({ storefront, ...others }: Record<ServiceName, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(others).map(([name, url]) => [`${name.toUpperCase().replaceAll('-', '_')}_URL`, url]),
  );

function startService(name: ServiceName, options: SystemOptions, env: Record<string, string>): Promise<RunningProcess> {
  const own: Record<string, string> =
    name === 'payment-provider' ? { PROVIDER_DATA_DIR: join(options.dataDir, 'payment-provider') } : {};
  return startProcess({
    name,
    command: process.execPath,
    args: [...NODE_FLAGS, join(ROOT, 'apps', name, 'dist/main.js')],
    ...options.commandOf?.[name],
    cwd: ROOT,
    env: { ...options.env, ...own, ...env, ...options.envOf?.[name] },
    onLine: (line) => options.onLine?.(name, line),
    readyWhen: `http://127.0.0.1:${env.PORT}/health/ready`,
    ...(options.readyWithinMs !== undefined && { readyWithinMs: options.readyWithinMs }),
  });
}

/** Waits for all, keeps those that started where they can be stopped, and throws the first failure. */
async function settled(starting: readonly Promise<RunningProcess>[], started: { stop(): Promise<void> }[]) {
  const results = await Promise.allSettled(starting);
  const running = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (running.length > 0)
    started.push({ stop: async () => void (await Promise.all(running.map((each) => each.stop()))) });
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return running;
}
