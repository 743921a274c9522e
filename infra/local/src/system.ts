import { join } from 'node:path';
import { SERVICES, type ServiceName, WITH_DATABASE } from '@quadrille/contracts';
import { choosePorts } from './choose-ports.js';
import { demandedVia, demandJvm, namedBrokers } from './kafka/choose.js';
import { AUDITOR, openToUsers, USERS } from './kafka/open-to-users.js';
import { type LocalKafka, startKafka } from './kafka.js';
import { createKeysDatabase, type PersonalDataVariables, variablesFor } from './personal-data.js';
import { READER } from './postgres/reader-role.js';
import { type LocalPostgres, startPostgres } from './postgres.js';
import type { RunningProcess } from './process.js';
import { writeRunningFile } from './running-file.js';
import { servicePasswords } from './service-passwords.js';
import { type SignIn, startSignIn } from './sign-in.js';
import { environment, startService } from './start-service.js';
import { openSupervisor } from './supervisor.js';
import type { SystemOptions } from './system-options.js';

/** The whole running system. */
export interface System {
  readonly postgres: LocalPostgres;
  readonly kafka: LocalKafka;
  /** `http://127.0.0.1:3001` */
  readonly urls: Readonly<Record<ServiceName, string>>;
  /** The base URLs for operators: dead letters, metrics, controls. */
  readonly adminUrls: Readonly<Record<ServiceName, string>>;
  /** The database URL of each service with a database. */
  readonly databases: Readonly<Record<string, string>>;
  /** The same with a role that reads only: for the auditor and `npx quadrille`. */
  readonly readableDatabases: Readonly<Record<string, string>>;
  /** The variables with which a process seals or opens personal data. */
  readonly personalData: PersonalDataVariables;
  readonly processes: Readonly<Record<ServiceName, RunningProcess>>;
  /** The identity provider, with `signIn`. */
  readonly signIn?: SignIn;
  /** Stops everything, services first; no process remains. */
  stop(): Promise<void>;
}

/** Starts PostgreSQL, Kafka and all services as separate processes, and waits until each is ready. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const each of started.splice(0).reverse()) await each.stop();
  };
  const supervisor = options.supervised ? await openSupervisor() : undefined;
  try {
    const { ports, adminPorts, optionalPorts } = await choosePorts(
      options.ports,
      options.signIn ? ['identity-provider'] : [],
    );
    const [postgres, kafka] = await startServers(options, started);
    const databases = await createDatabases(postgres, options.dataDir);
    const readableDatabases = await createReader(postgres, options.dataDir);
    const personalData = await createKeysDatabase(postgres, options.dataDir);
    const urls = mapServices((name) => `http://127.0.0.1:${ports[name]}`);
    const adminUrls = mapServices((name) => `http://127.0.0.1:${adminPorts[name] ?? ports[name]}`);
    options.onProgress?.('starting the services');
    const signIn = options.signIn ? await startSignIn(optionalPorts['identity-provider']!, options) : undefined;
    if (signIn) track(signIn.process, started);
    const withSignIn = { ...options, env: { ...options.env, ...signIn?.variables } };
    const supervision = supervisor && { SUPERVISOR_URL: supervisor.url };
    const run = (name: ServiceName) =>
      startService(name, withSignIn, {
        ...environment(name, { ports, adminPorts, urls, adminUrls }, databases, kafka),
        ...variablesFor(name, personalData),
        ...(name === 'storefront' && supervision),
      });
    const provider = await settled([run('payment-provider')], started);
    const others = await settled(SERVICES.filter((name) => name !== 'payment-provider').map(run), started);
    track(
      writeRunningFile(options.dataDir, {
        urls,
        adminUrls,
        databases: readableDatabases,
        keysDatabase: personalData.PERSONAL_DATA_DATABASE_URL,
        brokers: kafka.brokers,
        ...(signIn && { identityProvider: signIn.url }),
        ...(kafka.secured && { security: kafka.secured.variables(AUDITOR) }),
      }),
      started,
    );
    const processes = Object.fromEntries([...provider, ...others].map((each) => [each.name, each]));
    // The storefront itself is excluded.
    supervisor?.watch([...provider, ...others].filter(({ name }) => name !== 'storefront'));
    if (supervisor) track(supervisor, started);
    return {
      ...{ postgres, kafka, urls, adminUrls, databases, readableDatabases, personalData },
      processes: processes as Record<ServiceName, RunningProcess>,
      ...(signIn && { signIn }),
      stop,
    };
  } catch (error) {
    await supervisor?.stop();
    await stop();
    throw error;
  }
}

const mapServices = <Value>(of: (name: ServiceName) => Value): Record<ServiceName, Value> =>
  Object.fromEntries(SERVICES.map((name) => [name, of(name)])) as Record<ServiceName, Value>;

/** Starts both concurrently and awaits both, so that if one fails, the other can be stopped. */
async function startServers(
  { dataDir, onProgress, servers, secure = false, env }: SystemOptions,
  started: { stop(): Promise<void> }[],
): Promise<[LocalPostgres, LocalKafka]> {
  if (servers) return [track(servers.postgres, started), track(servers.kafka, started)];
  // Invalid settings are rejected before any server starts.
  if (secure) demandJvm();
  else namedBrokers(demandedVia());
  onProgress?.('starting PostgreSQL and Kafka');
  const starting = [
    startPostgres({ dataDir: join(dataDir, 'postgres'), tls: secure }).then((server) => track(server, started)),
    startKafka({
      dataDir: join(dataDir, 'kafka'),
      ...(secure && { users: USERS }),
      ...(onProgress && { onProgress }),
    }).then((server) => track(server, started)),
  ] as const;
  await Promise.allSettled(starting);
  const both = await Promise.all(starting);
  if (secure) await openToUsers(both[1], env);
  return both;
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

function createReader(postgres: LocalPostgres, dataDir: string): Promise<Record<string, string>> {
  return postgres.createReader(WITH_DATABASE, servicePasswords(dataDir, [READER])[READER]!);
}

/** Awaits all, records the started ones so that they can be stopped, and throws the first error. */
async function settled(starting: readonly Promise<RunningProcess>[], started: { stop(): Promise<void> }[]) {
  const results = await Promise.allSettled(starting);
  const running = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (running.length > 0)
    started.push({ stop: async () => void (await Promise.all(running.map((each) => each.stop()))) });
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return running;
}
