import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, copyFileSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Child, startChild } from '../process/child.js';
import { unregisterContainer, watchOverContainer } from '../process/guard.js';
import { hash } from './jars.js';
import { KAFKA_VERSION, type LauncherOrReason, type Place, type Progress } from './launcher.js';
import { brokerSettings } from './settings.js';

const IMAGE = `apache/kafka:${KAFKA_VERSION}`;
const DATA = '/var/lib/kafka/data';
/** The folder in which the image looks for replacements of its settings. */
const CONFIG = '/mnt/shared/config';
/** As in docker-compose.yml. */
const OUR_CONFIG = fileURLToPath(new URL('../../../kafka/container', import.meta.url));
const CONFIG_FILES = ['log4j2.yaml', 'tools-log4j2.yaml'];
/** The limit for an answer of the engine, which may be slow on a busy machine. Without an engine, the check fails at once. */
const ENGINE_ANSWERS_WITHIN_MS = 20_000;
const CONTROLLER_PORT = 9_093;
const LABEL = 'quadrille.folder';
/** A label prefix per host, because an engine may serve several hosts. */
const OF_THIS_HOST = `${hostname()}:`;

/** The broker in a container, if a Docker engine answers and has the image or can pull it. */
export async function dockerLauncher(onProgress: Progress): Promise<LauncherOrReason> {
  if (!docker(['version', '--format', '{{.Server.Version}}'], ENGINE_ANSWERS_WITHIN_MS))
    return 'no Docker engine answers';
  if (!docker(['image', 'inspect', IMAGE]) && !(await pull(onProgress))) return `Docker cannot pull ${IMAGE}`;
  return {
    how: `Apache Kafka ${KAFKA_VERSION} in a Docker container`,
    launch,
    ended: async ({ dataDir }) => {
      removeContainer(dataDir);
      unregisterContainer(nameOf(dataDir));
    },
  };
}

/** Runs in the foreground, so that a signal to the client reaches the broker, and the guard can stop it like any process. */
async function launch({ dataDir, port, extraListener, settings: given }: Place): Promise<Child> {
  removeContainer(dataDir);
  const volume = volumeOf(dataDir);
  const settings = { ...brokerSettings(port, CONTROLLER_PORT, '0.0.0.0', DATA, extraListener), ...given };
  const variables = Object.entries(settings).map(
    ([name, value]) => `KAFKA_${name.toUpperCase().replaceAll('.', '_')}=${value}`,
  );
  const all = [...variables, 'KAFKA_HEAP_OPTS=-Xms128m -Xmx512m', `CLUSTER_ID=${clusterId(dataDir)}`];
  const mounts = [...mount('volume', volume, DATA), ...mount('bind', readableConfig(dataDir), CONFIG)];
  const ports = [port, ...(extraListener ? [extraListener.port] : [])].flatMap((each) => [
    '-p',
    `127.0.0.1:${each}:${each}`,
  ]);
  const args = ['run', '--rm', '--name', nameOf(dataDir), ...ports, ...mounts];
  const log = openSync(join(dataDir, 'kafka.log'), 'a');
  try {
    const options = [...args, ...all.flatMap((variable) => ['-e', variable]), IMAGE];
    const client = await startChild('docker', options, { cwd: dataDir, stdio: ['ignore', log, log] });
    watchOverContainer(nameOf(dataDir));
    return client;
  } finally {
    closeSync(log);
  }
}

/** CSV fields, so that a path may contain commas, colons and quotes. Settings are mounted read-only. */
export function mount(type: 'volume' | 'bind', source: string, target: string): string[] {
  const fields = [`type=${type}`, `source=${source}`, `target=${target}`, ...(type === 'bind' ? ['readonly'] : [])];
  return ['--mount', fields.map((field) => `"${field.replaceAll('"', '""')}"`).join()];
}

/** The image copies these files with their modes and writes to the copies as its own user, so they must be world-readable. */
function readableConfig(dataDir: string): string {
  const folder = join(dataDir, 'container');
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  for (const name of CONFIG_FILES) {
    copyFileSync(join(OUR_CONFIG, name), join(folder, name));
    chmodSync(join(folder, name), 0o644);
  }
  return folder;
}

/** A volume, because the image's user may not write to a host folder. A file in dataDir names it. */
function volumeOf(dataDir: string): string {
  removeOrphanedVolumes();
  docker(['volume', 'create', '--label', `${LABEL}=${OF_THIS_HOST}${dataDir}`, nameOf(dataDir)]);
  writeFileSync(markerOf(dataDir), nameOf(dataDir));
  return nameOf(dataDir);
}

/** Removing a dataDir does not remove its volume. Volumes in use stay. */
function removeOrphanedVolumes(): void {
  const format = `{{.Name}}\t{{.Label "${LABEL}"}}`;
  const list = spawnSync('docker', ['volume', 'ls', '--filter', `label=${LABEL}`, '--format', format], {
    encoding: 'utf8',
  });
  for (const line of list.stdout.split('\n')) {
    const [name, folder] = line.split('\t');
    if (!name || !folder?.startsWith(OF_THIS_HOST)) continue;
    if (!existsSync(markerOf(folder.slice(OF_THIS_HOST.length)))) docker(['volume', 'rm', name]);
  }
}

/** Whether a container has data of `dataDir`, in its volume. */
export const hasDockerData = (dataDir: string): boolean => existsSync(markerOf(dataDir));

const markerOf = (dataDir: string): string => join(dataDir, 'docker-volume');

const nameOf = (dataDir: string): string => `quadrille-kafka-${hash(dataDir)}`;

/** A UUID in Kafka's notation, constant per folder, because Kafka checks it against its data. */
const clusterId = (dataDir: string): string => Buffer.from(`Quad${hash(dataDir)}`).toString('base64url');

/** After SIGKILL of the client, the engine still runs the container. `--volumes` removes anonymous volumes only. */
function removeContainer(dataDir: string): void {
  docker(['rm', '--force', '--volumes', nameOf(dataDir)]);
}

async function pull(onProgress: Progress): Promise<boolean> {
  onProgress(`Pulling ${IMAGE}`);
  const child = spawn('docker', ['pull', IMAGE], { stdio: ['ignore', 'pipe', 'ignore'] });
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) onProgress(line);
  return (await code) === 0;
}

const docker = (args: string[], timeout?: number): boolean =>
  spawnSync('docker', args, { stdio: 'ignore', timeout, killSignal: 'SIGKILL' }).status === 0;
