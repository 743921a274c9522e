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
import { KAFKA_VERSION, type Progress } from './way.js';

const POM = fileURLToPath(new URL('../../../kafka/pom.xml', import.meta.url));
const GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** Where the jars are kept, outside of the repository, so that a fresh clone finds them. */
export const kafkaCache = (): string => join(cacheFolder(), `kafka-${KAFKA_VERSION}-${hash(readFileSync(POM))}`);

/** A short name for content. */
export const hash = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 12);

/** The jars of the broker, in an order that stays. Fetched with Maven the first time; undefined when there is no Maven. */
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
    await maven(['-B', '-f', POM, GOAL, '-DincludeScope=runtime', `-DoutputDirectory=${draft}`], onProgress);
    renameSync(draft, libs);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another start was quicker.
    if (!existsSync(libs)) throw error;
  }
}

async function maven(args: string[], onProgress: Progress): Promise<void> {
  const child = spawn('mvn', args, { ...SHELL_ON_WINDOWS, stdio: ['ignore', 'pipe', 'inherit'] });
  const errors: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('[ERROR]')) errors.push(line);
    const [, jar, size] = /^Downloaded .*\/([^/]+\.jar) \(([\d.]+ [kM]B) at/.exec(line) ?? [];
    if (jar) onProgress(`${jar} (${size})`);
  }
  const code = child.exitCode ?? (await new Promise<number | null>((resolve) => child.once('exit', resolve)));
  if (code !== 0) throw new Error(`Maven could not fetch the jars of Kafka: ${errors[0] ?? `exit code ${code}`}`);
}

/** The user's cache folder; a temporary one for somebody who has no home that can be written. */
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

/** There, mvn is a batch file. */
const SHELL_ON_WINDOWS = { shell: process.platform === 'win32' };
