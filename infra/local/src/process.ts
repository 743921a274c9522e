import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Child, type Exit, startChild } from './process/child.js';
import { plainShell } from './process/shell.js';
import { untilReady } from './process/until.js';

/** The command of a process and its readiness check. */
export type ProcessOptions = {
  /** The name in error messages. */
  name: string;
  command: string;
  args?: string[];
  /** Added to the current environment, except generic variables (`HOST`, `PG…`), which are not passed; undefined removes a variable. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** Called with every line of output. */
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** A URL that returns 2xx once the process is ready, such as its `/health/ready`. Default: ready immediately. */
  readyWhen?: string;
  /** Default 60 s. */
  readyWithinMs?: number;
};

/** The exit of a process; expected: after stop, kill or restart. */
export type ProcessExit = Exit & { expected: boolean };

/** A process in a separate group with its children. It ends with this process at the latest, even after SIGKILL. */
export type RunningProcess = {
  readonly name: string;
  readonly pid: number;
  readonly running: boolean;
  /** Sends SIGTERM, and SIGKILL after `graceMs` (default 10 s). No effect after its exit. */
  stop(graceMs?: number): Promise<void>;
  /** Sends a signal, and waits for the exit if the signal is SIGKILL. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Stops it if it runs, starts it again and waits until it is ready. */
  restart(): Promise<void>;
  /** Calls the listener for every exit, including after restarts. Returns a function that removes the listener. */
  onExit(listener: (exit: ProcessExit) => void): () => void;
};

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;
const PROBE_WITHIN_MS = 2_000;
/** The number of last lines in the error if a process does not start. */
const LAST_LINES = 15;

/** Starts a process and waits until it is ready. Throws with its last output if it exits before or takes too long. */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const listeners = new Set<(exit: ProcessExit) => void>();
  let expected = false;
  const start = async () => {
    expected = false;
    const started = await launch(options);
    void started.exited.then((exit) => {
      for (const listener of listeners) listener({ ...exit, expected });
    });
    return started;
  };
  let child = await start();
  const stop = async (graceMs = STOP_WITHIN_MS) => {
    expected = true;
    await child.end(graceMs);
  };
  return {
    name: options.name,
    get pid() {
      return child.pid;
    },
    get running() {
      return child.exit() === undefined;
    },
    stop,
    async kill(signal) {
      expected = true;
      child.signal(signal);
      if (signal === 'SIGKILL') await child.exited;
    },
    async restart() {
      await stop();
      child = await start();
    },
    onExit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

async function launch({ name, command, args = [], env, cwd, readyWithinMs, ...rest }: ProcessOptions): Promise<Child> {
  const child = await startChild(command, args, {
    cwd,
    env: { ...plainShell(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const last: string[] = [];
  const onLine = (stream: 'stdout' | 'stderr') => (line: string) => {
    last.push(line);
    last.splice(0, last.length - LAST_LINES);
    rest.onLine?.(line, stream);
  };
  const silent = Promise.all([
    lines(child.process.stdout, onLine('stdout')),
    lines(child.process.stderr, onLine('stderr')),
  ]);
  try {
    await untilReady(name, child, readyWithinMs ?? READY_WITHIN_MS, () => answers(rest.readyWhen));
    return child;
  } catch (error) {
    await child.end(STOP_WITHIN_MS);
    await silent;
    throw new Error(`${(error as Error).message} Output:\n${last.join('\n') || '(nothing)'}`);
  }
}

/** Resolves at the end of the stream. */
function lines(stream: Readable | null, onLine: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    if (!stream) return resolve();
    createInterface({ input: stream }).on('line', onLine).on('close', resolve);
  });
}

async function answers(url: string | undefined): Promise<boolean> {
  if (url === undefined) return true;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_WITHIN_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
