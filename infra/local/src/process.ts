import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Child, type Exit, startChild } from './process/child.js';
import { plainShell } from './process/shell.js';
import { untilReady } from './process/until.js';

/** What to run and how to see that it is ready. */
export type ProcessOptions = {
  /** In words for people, in errors. */
  name: string;
  command: string;
  args?: string[];
  /** Added to our own environment, of which it gets no generic variable (`HOST`, `PG…`); undefined takes a variable away. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** Told every line that it writes. */
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** A URL that answers 2xx as soon as the process can be used, such as its `/health/ready`. Default: ready at once. */
  readyWhen?: string;
  /** Default 60 s. */
  readyWithinMs?: number;
};

/** How a process ended; expected: because stop, kill or restart was called. */
export type ProcessExit = Exit & { expected: boolean };

/** A process in a group of its own, with everything that it starts. It ends with us at the latest, even when we are killed. */
export type RunningProcess = {
  readonly name: string;
  readonly pid: number;
  readonly running: boolean;
  /** SIGTERM, and SIGKILL when `graceMs` (default 10 s) have passed. Does nothing when it has ended. */
  stop(graceMs?: number): Promise<void>;
  /** Signals it, hard if need be, and waits until it has ended when the signal is SIGKILL. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Stops it if it still runs, starts it anew and waits until it is ready. */
  restart(): Promise<void>;
  /** Tells every end, also after a restart. Returns what takes the listener away. */
  onExit(listener: (exit: ProcessExit) => void): () => void;
};

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;
const PROBE_WITHIN_MS = 2_000;
/** How much of what a process said last goes into the error when it does not start. */
const LAST_LINES = 15;

/** Starts a process and waits until it is ready. Throws with its last words when it ends before that or takes too long. */
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
  const hear = (stream: 'stdout' | 'stderr') => (line: string) => {
    last.push(line);
    last.splice(0, last.length - LAST_LINES);
    rest.onLine?.(line, stream);
  };
  const silent = Promise.all([
    lines(child.process.stdout, hear('stdout')),
    lines(child.process.stderr, hear('stderr')),
  ]);
  try {
    await untilReady(name, child, readyWithinMs ?? READY_WITHIN_MS, () => answers(rest.readyWhen));
    return child;
  } catch (error) {
    await child.end(STOP_WITHIN_MS);
    await silent;
    throw new Error(`${(error as Error).message} It said:\n${last.join('\n') || '(nothing)'}`);
  }
}

/** Resolves when the stream has ended. */
function lines(stream: Readable | null, hear: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    if (!stream) return resolve();
    createInterface({ input: stream }).on('line', hear).on('close', resolve);
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
