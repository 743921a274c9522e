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
import { brokerSettings } from './settings.js';
import { KAFKA_VERSION, type Place, type Progress, type WayOrReason } from './way.js';

/**
 * The heap stays small, Kafka works from the page cache. The first compiler alone: the second takes more CPU than it saves in the minutes
 * that such a broker lives (218 to 272 µs a saga instead of 376 to 450 in the first 13,000 sagas).
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

const LOGGING = `status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %m (%c)%n
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
`;

/** The broker on a JVM of this machine, from jars that Maven fetched. */
export async function jvmWay(onProgress: Progress): Promise<WayOrReason> {
  const java = findJava();
  if (!java) return `there is no Java ${OLDEST_JAVA} or newer`;
  const jars = await kafkaJars(onProgress).catch((error: Error) => `Maven could not fetch its jars (${error.message})`);
  if (!jars) return 'there is no Maven (mvn) to fetch its jars';
  if (typeof jars === 'string') return jars;
  const archive = join(kafkaCache(), `classes-${hash(java.version)}.jsa`);
  return {
    how: `Apache Kafka ${KAFKA_VERSION} on the JVM of this machine`,
    launch: (place) => launch(place, java, jars, archive),
    ended: async (place) => keepArchive(place, archive),
  };
}

async function launch({ dataDir, port, sideDoor }: Place, java: Java, jars: string[], archive: string) {
  const [args, logging, settings] = ['jvm.args', 'log4j2.properties', 'server.properties'].map((name) =>
    join(dataDir, name),
  ) as [string, string, string];
  const logDir = logDirOf(dataDir);
  format(logDir);
  writeFileSync(settings, properties(brokerSettings(port, await freePort(), '127.0.0.1', logDir, sideDoor)));
  writeFileSync(logging, LOGGING);
  const options = [
    ...JVM,
    ...QUIET,
    ...classArchive(dataDir, archive),
    `-Dlog4j2.configurationFile=${logging}`,
    '-cp',
    jars.join(delimiter),
  ];
  writeFileSync(args, options.map((option) => JSON.stringify(option)).join('\n'));
  const log = openSync(join(dataDir, 'kafka.log'), 'a');
  try {
    return await startChild(java.command, [`@${args}`, 'kafka.Kafka', settings], {
      cwd: dataDir,
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
}

/** Whether a JVM kept its data in `dataDir`. */
export const hasJvmData = (dataDir: string): boolean => existsSync(logDirOf(dataDir));

const logDirOf = (dataDir: string): string => join(dataDir, 'log');

/** What `kafka-storage format` does, without a JVM of its own. */
function format(logDir: string): void {
  const file = join(logDir, 'meta.properties');
  if (existsSync(file)) return;
  mkdirSync(logDir, { recursive: true });
  writeFileSync(file, properties({ version: '1', 'cluster.id': id(), 'node.id': '1', 'directory.id': id() }));
}

/** A UUID the way Kafka writes it; never with a leading dash, which Kafka's tools take for an option. */
const id = (): string => `Q${randomBytes(16).toString('base64url').slice(1)}`;

const properties = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');

/** Loaded classes are archived when a first broker ends, which spares every later one half of its start. */
function classArchive(dataDir: string, archive: string): string[] {
  if (existsSync(archive)) return ['-Xshare:auto', `-XX:SharedArchiveFile=${archive}`];
  rmSync(draftOf(dataDir), { force: true });
  return [`-XX:ArchiveClassesAtExit=${draftOf(dataDir)}`];
}

const draftOf = (dataDir: string): string => join(dataDir, 'classes.jsa');

/** Only whole: a copy beside the place, then a rename. */
function keepArchive({ dataDir }: Place, archive: string): void {
  const draft = draftOf(dataDir);
  if (!existsSync(draft) || readFileSync(draft).length === 0) return;
  copyFileSync(draft, `${archive}-${process.pid}`);
  renameSync(`${archive}-${process.pid}`, archive);
  rmSync(draft);
}
