import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { KAFKA_VERSION, type Progress } from './launcher.js';

const POM = fileURLToPath(new URL('../../../kafka/pom.xml', import.meta.url));
const GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** The cache of the jars, outside the repository, so that all clones share it. */
export const kafkaCache = (): string => join(cacheFolder(), `kafka-${KAFKA_VERSION}-${hash(readFileSync(POM))}`);

/** A short hash of content. */
export const hash = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 12);

/** The jars of the broker in a stable order. Downloaded with Maven the first time; undefined without Maven. */
export async function kafkaJars(onProgress: Progress): Promise<string[] | undefined> {
  const libs = join(kafkaCache(), 'libs');
  if (!existsSync(libs)) {
    if (spawnSync('mvn', ['--version'], SHELL_ON_WINDOWS).status !== 0) return undefined;
    await fetchJars(libs, onProgress);
  }
  return readdirSync(libs)
    .sort()
    .map((jar) => join(libs, jar));
}

async function fetchJars(libs: string, onProgress: Progress): Promise<void> {
  onProgress(`Fetching Apache Kafka ${KAFKA_VERSION} with Maven, once for this machine`);
  mkdirSync(kafkaCache(), { recursive: true });
  const draft = mkdtempSync(`${libs}-`);
  try {
    await maven(
      ['-B', '-f', POM, GOAL, '-DincludeScope=runtime', `-DoutputDirectory=${draft}`, ...repository()],
      onProgress,
    );
    renameSync(draft, libs);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // A concurrent start was faster.
    if (!existsSync(libs)) throw error;
  }
}

/** Reports only the download of large jars; Maven downloads a hundred small ones for itself. */
async function maven(args: string[], onProgress: Progress): Promise<void> {
  const child = spawn('mvn', [...args, '-Dstyle.color=never'], {
    ...SHELL_ON_WINDOWS,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('[ERROR]')) errors.push(line);
    const [, jar, size] = /Downloaded .*\/([^/]+\.jar) \(([\d.]+ MB) at/.exec(line) ?? [];
    if (jar) onProgress(`${jar} (${size})`);
  });
  const code = await ended;
  const reason = errors.find((line) => line.startsWith('[ERROR]')) ?? errors[0] ?? `exit code ${code}`;
  if (code !== 0) throw new Error(reason.replace('[ERROR] ', '').replace(/ -> \[Help.*/, ''));
}

/** Maven's own repository, unless the user's home is not writable. Java reads the home from the system's user list, not from HOME. */
function repository(): string[] {
  if (mayWrite(join(userInfo().homedir, '.m2'))) return [];
  return [`-Dmaven.repo.local=${join(cacheFolder(), 'repository')}`];
}

/** The user's cache folder; a temporary one if the user has no writable home. */
function cacheFolder(): string {
  const folders = [process.env.XDG_CACHE_HOME, join(homedir(), '.cache')];
  const writable = folders.find((folder) => folder && mayWrite(folder));
  return writable ? join(writable, 'quadrille') : join(tmpdir(), `quadrille-${userInfo().username}`);
}

function mayWrite(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** On Windows, mvn is a batch file. */
const SHELL_ON_WINDOWS = { shell: process.platform === 'win32' };
