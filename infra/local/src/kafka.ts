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
import type { Launcher, Place, Progress } from './kafka/launcher.js';
import { accessOf, isPrepared, prepareSecured, type SecuredAccess, SUPER_USER } from './kafka/secured.js';
import { coordinates } from './kafka/secured-admin.js';
import type { ClientListener } from './kafka/settings.js';
import type { Child } from './process/child.js';
import { endLeftover, lockDataDir, unlockDataDir } from './process/data-dir-lock.js';
import { until, untilReady } from './process/until.js';

/** A broker that can be used at once: its group coordinators are loaded. */
export type LocalKafka = {
  readonly brokers: string[];
  /** In words for people: "Apache Kafka 4.3.1 on the JVM of this machine". */
  readonly how: string;
  /** Of the broker, or of the Docker client that runs it. Not there when the brokers are not ours. */
  readonly pid?: number;
  /** How its users reach it, where not everybody may. */
  readonly secured?: SecuredAccess;
  /** Ends a broker of ours in an orderly way and leaves no process. */
  stop(): Promise<void>;
  /** Starts a broker of ours again on its port and its data, whether it still runs, was stopped or was killed. */
  restart?(): Promise<void>;
};

/**
 * dataDir: kept over restarts. port: default a free one. via: default QUADRILLE_KAFKA, or else the first that works.
 * sideDoor: a second way in, which leads clients through a proxy. settings: of the broker, beside ours. onProgress: told what takes long, such as the first fetch of Kafka.
 */
export type KafkaOptions = {
  dataDir: string;
  port?: number;
  via?: KafkaVia;
  sideDoor?: ClientListener;
  settings?: Record<string, string>;
  /** Lets in these users alone, by TLS and SCRAM, and each to nothing until a rule allows it. On a JVM of this machine only. */
  users?: readonly string[];
  /** How long it may take to be ready, each time; default 60 s. */
  readyWithinMs?: number;
  onProgress?: Progress;
};

const READY_WITHIN_MS = 60_000;
/** Brokers of somebody else run already, or are just starting. */
const NAMED_WITHIN_MS = 20_000;
/** A first broker writes an archive of its classes when it ends. */
const STOP_WITHIN_MS = 30_000;

const OPEN_DATA =
  'The data of this Kafka were made without users: start it without them, or remove the data first (--fresh), or use another folder (QUADRILLE_DATA_DIR).';

/** Starts Kafka, or finds the brokers that KAFKA_BROKERS names. */
export async function startKafka(options: KafkaOptions): Promise<LocalKafka> {
  const demanded = options.users ? demandJvm(options.via) : demandedVia(options.via);
  const brokers = namedBrokers(demanded);
  if (brokers) return foreign(brokers, options.onProgress);
  mkdirSync(options.dataDir, { recursive: true });
  const dataDir = realpathSync(options.dataDir);
  await endLeftover(dataDir, 'Kafka', 'SIGTERM');
  if (options.port) await demandFree(options.port, 'Kafka');
  const { sideDoor, settings, users } = options;
  if (users) {
    if (hasJvmData(dataDir) && !isPrepared(dataDir)) throw new Error(OPEN_DATA);
    await prepareSecured(dataDir, users);
  }
  const ways = { ...(sideDoor && { sideDoor }), ...(settings && { settings }), ...(users && { users }) };
  const place = { dataDir, port: options.port ?? (await freePort()), ...ways };
  return firstThatWorks(order(demanded, dataDir), options.onProgress ?? (() => {}), (way) =>
    own(way, place, options.readyWithinMs ?? READY_WITHIN_MS),
  );
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
    const said = readFileSync(logFile).subarray(from).toString().trim().split('\n').slice(-10).join('\n');
    throw new Error(`${(error as Error).message} It said: ${said || 'nothing'}`);
  }
}
