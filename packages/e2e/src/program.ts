import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVICES, type ServiceName, variableOf } from '@quadrille/contracts';
import { freePort, unregister, watchOver } from '@quadrille/local';
import { eventually } from './eventually.js';

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const STARTED_WITHIN_MS = 150_000;
/** The guard detects the exit of its parent, and exits. */
const GONE_WITHIN_MS = 30_000;

/** A command run as from a terminal, in a separate process group. */
export interface Program {
  /** The process that leads the group. */
  readonly pid: number;
  /** The output so far. */
  output(): { readonly stdout: string; readonly stderr: string };
  /** Waits for this text in the output. */
  untilPrinted(text: string | RegExp, withinMs?: number): Promise<void>;
  /** Waits for the end and returns the exit code. */
  ended(): Promise<number | null>;
  /** Signals the whole group, as a terminal does. */
  signal(name: NodeJS.Signals): void;
}

/** Free ports and a data folder for a system. `env` is passed to the program. */
export interface Place {
  readonly env: Readonly<Record<string, string>>;
  readonly urls: Readonly<Record<ServiceName, string>>;
  readonly dataDir: string;
}

export async function placeIn(dataDir: string): Promise<Place> {
  const env: Record<string, string> = { QUADRILLE_DATA_DIR: dataDir };
  const urls = {} as Record<ServiceName, string>;
  for (const service of SERVICES) {
    const port = await freePort();
    env[variableOf(service, 'PORT')] = String(port);
    urls[service] = `http://127.0.0.1:${port}`;
  }
  return { env, urls, dataDir };
}

/** Runs `node <script> <args>` in the repository. */
export const run = (
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd = REPOSITORY,
): Program => runCommand([process.execPath, join(cwd, script), ...args], env, cwd);

/** Runs a command in the repository. */
export function runCommand(
  [command, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  cwd = REPOSITORY,
): Program {
  const child = spawn(command, args, {
    cwd,
    env: { ...withoutJest(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  // If the spec is killed, the program must be stopped too.
  watchOver(child.pid!, 'SIGTERM');
  child.once('exit', () => unregister(child.pid!));
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]!.setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  const closed = once(child, 'close') as Promise<[number | null]>;
  return {
    pid: child.pid!,
    output: () => output,
    async untilPrinted(text, withinMs = STARTED_WITHIN_MS) {
      const holds = () => (typeof text === 'string' ? output.stdout.includes(text) : text.test(output.stdout));
      await eventually(`"${text}"`, async () => describeEnd(child, output), holds, withinMs);
    },
    ended: async () => (await closed)[0],
    signal: (name) => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, name);
    },
  };
}

function describeEnd(child: ChildProcess, output: { stdout: string; stderr: string }): string {
  const last = `${output.stdout.slice(-2_000)}${output.stderr.slice(-2_000)}`;
  if (child.exitCode !== null) throw new Error(`It ended with exit code ${child.exitCode}: ${last}`);
  return last;
}

/** Removes Jest's variables, so that a child does not run in test mode. */
function withoutJest(): NodeJS.ProcessEnv {
  const { NODE_ENV: _, NODE_OPTIONS: __, JEST_WORKER_ID: ___, ...env } = process.env;
  return env;
}

/** Waits until no process for this data folder runs; on Linux, where processes can be inspected. */
export const nothingRuns = (dataDir: string, withinMs = GONE_WITHIN_MS): Promise<string[]> =>
  eventually(
    'the end of all processes',
    async () => processesOf(dataDir),
    (left) => left.length === 0,
    withinMs,
  );

/** The processes for this data folder: pid and command line. */
export function processesOf(dataDir: string): string[] {
  const all = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return all.flatMap((pid) => {
    const [environment, command] = [read(`/proc/${pid}/environ`), read(`/proc/${pid}/cmdline`)];
    const concerns = environment.includes(`QUADRILLE_DATA_DIR=${dataDir}\0`) || command.includes(dataDir);
    return concerns ? [`${pid}: ${command.replaceAll('\0', ' ')}`] : [];
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
