import { mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { demandFree, freePort } from './free-port.js';
import {
  demandedVia,
  demandJvm,
  firstThatWorks,
  hasJvmData,
  type KafkaVia,
  namedBrokers,
  order,
} from './kafka/choose.js';
import { GROUPS, hasLoadedCoordinators, knowsCoordinator } from './kafka/coordinator.js';
import { newUuid } from './kafka/jvm.js';
import type { Launcher, Place, Progress } from './kafka/launcher.js';
import { accessOf, isPrepared, prepareSecured, type SecuredAccess, SUPER_USER } from './kafka/secured.js';
import { coordinates } from './kafka/secured-admin.js';
import type { ClientListener, ClusterNode } from './kafka/settings.js';
import type { Child } from './process/child.js';
import { endLeftover, lockDataDir, unlockDataDir } from './process/data-dir-lock.js';
import { until, untilReady } from './process/until.js';

/** A ready broker: its group coordinators are loaded. */
export type LocalKafka = {
  readonly brokers: string[];
  /** A description, such as "Apache Kafka 4.3.1 on the JVM of this machine". */
  readonly how: string;
  /** The pid of the broker, or of the Docker client that runs it. Absent for external brokers. */
  readonly pid?: number;
  /** The credentials, if clients must log in. */
  readonly secured?: SecuredAccess;
  /** Stops the broker gracefully and leaves no process. External brokers are not affected. */
  stop(): Promise<void>;
  /** Restarts the broker on its port and data, in any state. Absent for external brokers. */
  restart?(): Promise<void>;
};

/**
 * dataDir: persistent. port: default a free one. via: default QUADRILLE_KAFKA, otherwise the first that works.
 * extraListener: a second listener, whose advertised port leads clients through a proxy. settings: additional broker settings. onProgress: called for slow work, such as the first download of Kafka.
 */
export type KafkaOptions = {
  dataDir: string;
  port?: number;
  via?: KafkaVia;
  extraListener?: ClientListener;
  settings?: Record<string, string>;
  /** Requires TLS and SCRAM, and accepts only these users, without rights until an ACL grants them. Only on a local JVM. */
  users?: readonly string[];
  /** One broker of a cluster: {@link startKafkaCluster}. */
  node?: ClusterNode;
  /** The limit for each start in milliseconds; default 60 s. */
  readyWithinMs?: number;
  onProgress?: Progress;
};

const READY_WITHIN_MS = 60_000;
const CLUSTER_READY_WITHIN_MS = 120_000;
/** External brokers run already or are starting. */
const NAMED_WITHIN_MS = 20_000;
/** The first broker writes an archive of its classes when it stops. */
const STOP_WITHIN_MS = 30_000;

const OPEN_DATA =
  'The data of this Kafka were made without users: start it without them, or remove the data first (--fresh), or use another folder (QUADRILLE_DATA_DIR).';

/** Starts Kafka, or uses the brokers of KAFKA_BROKERS. */
export async function startKafka(options: KafkaOptions): Promise<LocalKafka> {
  const demanded = options.users || options.node ? demandJvm(options.via) : demandedVia(options.via);
  const brokers = namedBrokers(demanded);
  if (brokers) return foreign(brokers, options.onProgress);
  mkdirSync(options.dataDir, { recursive: true });
  const dataDir = realpathSync(options.dataDir);
  await endLeftover(dataDir, 'Kafka', 'SIGTERM');
  if (options.port) await demandFree(options.port, 'Kafka');
  const { extraListener, settings, users, node } = options;
  if (users) {
    if (hasJvmData(dataDir) && !isPrepared(dataDir)) throw new Error(OPEN_DATA);
    await prepareSecured(dataDir, users);
  }
  const ways = {
    ...(extraListener && { extraListener }),
    ...(settings && { settings }),
    ...(users && { users }),
    ...(node && { node }),
  };
  const place = { dataDir, port: options.port ?? (await freePort()), ...ways };
  return firstThatWorks(order(demanded, dataDir), options.onProgress ?? (() => {}), (way) =>
    own(way, place, options.readyWithinMs ?? READY_WITHIN_MS),
  );
}

/** Starts several brokers, each a controller as well, on local JVMs; or uses the brokers of KAFKA_BROKERS. */
export async function startKafkaCluster({
  dataDir,
  nodes,
  onProgress,
}: {
  readonly dataDir: string;
  readonly nodes: number;
  readonly onProgress?: Progress;
}): Promise<{ readonly nodes: readonly LocalKafka[]; stop(): Promise<void> }> {
  const named = namedBrokers(demandedVia(undefined));
  const controllers = named ? [] : await Promise.all(Array.from({ length: nodes }, () => freePort()));
  const clusterId = newUuid();
  const startNode = (_: unknown, at: number) =>
    startKafka({
      dataDir: join(dataDir, String(at + 1)),
      ...(!named && { node: { id: at + 1, clusterId, controllers } }),
      ...(onProgress && { onProgress }),
      readyWithinMs: CLUSTER_READY_WITHIN_MS,
    });
  // Concurrently: no broker is ready before two have formed a quorum.
  const started = await Promise.allSettled((named ? [0] : controllers).map(startNode));
  const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const stop = async () => void (await Promise.all(running.map((each) => each.stop())));
  const failed = started.find((each) => each.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { nodes: running, stop };
}

async function foreign(brokers: string[], onProgress?: Progress): Promise<LocalKafka> {
  const names = brokers.join(', ');
  onProgress?.(`waiting for the brokers of KAFKA_BROKERS (${names})`);
  await until('No answer', NAMED_WITHIN_MS, async () => {
    const answers = await Promise.all(brokers.map(knowsCoordinator));
    return answers.includes(true);
  }).catch((error: Error) => {
    throw new Error(
      `No broker of KAFKA_BROKERS (${names}) answers: start one there, or unset KAFKA_BROKERS to have one started.`,
      { cause: error },
    );
  });
  return { brokers, how: `the brokers of KAFKA_BROKERS (${names})`, async stop() {} };
}

async function own(way: Launcher, place: Place, readyWithinMs: number): Promise<LocalKafka> {
  let child = await launch(way, place, readyWithinMs);
  const stop = async () => {
    await child.end(STOP_WITHIN_MS);
    await way.ended(place);
    unlockDataDir(place.dataDir);
  };
  const secured = place.users && accessOf(place.dataDir, [addressOf(place)]);
  return {
    brokers: [addressOf(place)],
    how: secured ? `${way.how}, with TLS, users and rules` : way.how,
    ...(secured && { secured }),
    get pid() {
      return child.pid;
    },
    stop,
    async restart() {
      await stop();
      child = await launch(way, place, readyWithinMs);
    },
  };
}

const addressOf = ({ port }: Place): string => `127.0.0.1:${port}`;

const isReady = (place: Place): Promise<boolean> =>
  place.users
    ? coordinates(addressOf(place), accessOf(place.dataDir, [addressOf(place)]).security(SUPER_USER), GROUPS)
    : place.node
      ? knowsCoordinator(addressOf(place))
      : hasLoadedCoordinators(addressOf(place));

async function launch(way: Launcher, place: Place, readyWithinMs: number): Promise<Child> {
  const logFile = join(place.dataDir, 'kafka.log');
  const from = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  const child = await way.launch(place);
  lockDataDir(place.dataDir, child.pid);
  try {
    await untilReady('Kafka', child, readyWithinMs, () => isReady(place));
    return child;
  } catch (error) {
    await child.end(STOP_WITHIN_MS);
    await way.ended(place);
    unlockDataDir(place.dataDir);
    const logTail = readFileSync(logFile).subarray(from).toString().trim().split('\n').slice(-10).join('\n');
    throw new Error(`${(error as Error).message} Log: ${logTail || '(empty)'}`);
  }
}
