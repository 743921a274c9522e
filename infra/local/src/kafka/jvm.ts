import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { freePort } from '../free-port.js';
import { startChild } from '../process/child.js';
import { hash, kafkaCache, kafkaJars } from './jars.js';
import { findJava, type Java, OLDEST_JAVA } from './java.js';
import { KAFKA_VERSION, type LauncherOrReason, type Place, type Progress } from './launcher.js';
import { properties } from './properties.js';
import { formatArguments, securedSettings, withPrivateFile } from './secured.js';
import { brokerSettings, type ClusterNode, clusterSettings } from './settings.js';

/**
 * The heap is small, because Kafka uses the page cache. Only the C1 compiler: C2 takes more CPU than it saves in the minutes
 * that such a broker runs (218 to 272 µs per saga instead of 376 to 450 in the first 13,000 sagas).
 */
const JVM = [
  '-Xms128m',
  '-Xmx512m',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:TieredStopAtLevel=1',
  '-Djava.awt.headless=true',
];
const QUIET = ['-Xlog:disable', '-Xlog:all=error:stderr'];

/** Files in the data folder. */
const [ARGUMENTS, LOGGING, SETTINGS, LOG_DIR, CLASSES] = [
  'jvm.args',
  'log4j2.properties',
  'server.properties',
  'log',
  'classes.jsa',
] as const;

/** In the C locale, a JVM on Linux cannot open paths with non-ASCII characters. */
const ANY_LETTER = process.platform === 'linux' ? { LC_ALL: 'C.UTF-8' } : {};

const LOGGING_SETTINGS = `status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %m (%c)%n
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
`;

/** The broker on a local JVM, from jars downloaded by Maven. */
export async function jvmLauncher(onProgress: Progress): Promise<LauncherOrReason> {
  const java = findJava();
  if (!java) return `there is no Java ${OLDEST_JAVA} or newer`;
  const jars = await kafkaJars(onProgress).catch((error: Error) => `Maven could not fetch its jars (${error.message})`);
  if (!jars) return 'there is no Maven (mvn) to fetch its jars';
  if (typeof jars === 'string') return jars;
  const archive = join(kafkaCache(), `classes-${hash(java.version)}.jsa`);
  return {
    how: `Apache Kafka ${KAFKA_VERSION} on the JVM of this machine`,
    launch: (place) => launch(place, java, jars, archive),
    ended: async (place) => storeArchive(place, archive),
  };
}

/**
 * All paths are relative to the data folder, which is the working directory: Kafka splits its list of folders at commas, and other
 * characters in the folder's name would have a meaning in one of the files.
 */
async function launch(place: Place, java: Java, jars: string[], archive: string) {
  const { dataDir, port, extraListener, settings, users, node } = place;
  const write = (name: string, content: string) => writeFileSync(join(dataDir, name), content);
  const controllerPort = node ? node.controllers[node.id - 1]! : await freePort();
  const open = brokerSettings(port, controllerPort, '127.0.0.1', LOG_DIR, extraListener);
  const secured = users && securedSettings(port, await freePort(), controllerPort, extraListener);
  write(SETTINGS, properties({ ...open, ...secured, ...(node && clusterSettings(node)), ...settings }));
  if (users) await formatWithUsers(dataDir, users, java, jars);
  else format(logDirOf(dataDir), node);
  write(LOGGING, LOGGING_SETTINGS);
  const options = [
    ...JVM,
    ...QUIET,
    ...classArchive(dataDir, archive),
    `-Dlog4j2.configurationFile=${LOGGING}`,
    '-cp',
    jars.join(delimiter),
  ];
  write(ARGUMENTS, options.map((option) => JSON.stringify(option)).join('\n'));
  const log = openSync(join(dataDir, 'kafka.log'), 'a');
  try {
    return await startChild(java.command, [`@${ARGUMENTS}`, 'kafka.Kafka', SETTINGS], {
      cwd: dataDir,
      env: { ...process.env, ...ANY_LETTER },
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
}

/** Whether `dataDir` contains data of a JVM. */
export const hasJvmData = (dataDir: string): boolean => existsSync(logDirOf(dataDir));

const logDirOf = (dataDir: string): string => join(dataDir, LOG_DIR);

/** Does the work of `kafka-storage format` without starting a JVM. */
function format(logDir: string, node?: ClusterNode): void {
  const file = join(logDir, 'meta.properties');
  if (existsSync(file)) return;
  mkdirSync(logDir, { recursive: true });
  writeFileSync(
    file,
    properties({
      version: '1',
      'cluster.id': node?.clusterId ?? newUuid(),
      'node.id': String(node?.id ?? 1),
      'directory.id': newUuid(),
    }),
  );
}

/** Formats with Kafka's own tool, which also writes the users. */
async function formatWithUsers(dataDir: string, users: readonly string[], java: Java, jars: string[]): Promise<void> {
  if (existsSync(join(logDirOf(dataDir), 'meta.properties'))) return;
  const options = ['-cp', jars.join(delimiter), ...formatArguments(dataDir, users, newUuid(), SETTINGS)];
  const file = join(dataDir, 'format.args');
  await withPrivateFile(file, options.map((option) => JSON.stringify(option)).join('\n'), async () => {
    const { status, stderr, stdout } = spawnSync(java.command, [`@${file}`], {
      cwd: dataDir,
      env: { ...process.env, ...ANY_LETTER },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`Kafka cannot make its data folder: ${stderr || stdout}`);
  });
}

/** A UUID in Kafka's notation; never with a leading dash, which Kafka's tools parse as an option. */
export const newUuid = (): string => `Q${randomBytes(16).toString('base64url').slice(1)}`;

/** Loaded classes are archived when the first broker stops, which halves the start time of later ones. */
function classArchive(dataDir: string, archive: string): string[] {
  if (existsSync(archive)) return ['-Xshare:auto', `-XX:SharedArchiveFile=${archive}`];
  rmSync(draftOf(dataDir), { force: true });
  return [`-XX:ArchiveClassesAtExit=${CLASSES}`];
}

const draftOf = (dataDir: string): string => join(dataDir, CLASSES);

/** Writes atomically: a temporary copy in the same folder, then a rename. */
function storeArchive({ dataDir }: Place, archive: string): void {
  const draft = draftOf(dataDir);
  if (!existsSync(draft) || readFileSync(draft).length === 0) return;
  copyFileSync(draft, `${archive}-${process.pid}`);
  renameSync(`${archive}-${process.pid}`, archive);
  rmSync(draft);
}
