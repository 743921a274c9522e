import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { forget, watchOver } from './guard.js';

/** How a process ended: by itself with a code, or by a signal. */
export type Exit = { code: number | null; signal: NodeJS.Signals | null };

/** A process with a group of its own, which ends with this process at the latest. */
export type Child = {
  readonly pid: number;
  readonly process: ChildProcess;
  readonly exited: Promise<Exit>;
  /** Undefined while it runs. */
  exit(): Exit | undefined;
  signal(signal: NodeJS.Signals): void;
  /** Asks it to end and insists after `graceMs`. Does nothing when it has ended. */
  end(graceMs: number): Promise<Exit>;
};

/** Starts a process in its own group, so that Ctrl-C reaches us alone and we decide in which order things end. */
export async function startChild(
  command: string,
  args: string[],
  options: SpawnOptions,
  endsWith: NodeJS.Signals = 'SIGTERM',
): Promise<Child> {
  const child = spawn(command, args, { ...options, detached: true, windowsHide: true });
  // At once: whoever kills us now must not leave it behind.
  if (child.pid !== undefined) watchOver(child.pid, endsWith);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid as number;
  let exit: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      // What the process itself had started must not outlive it.
      signalGroup(pid, 'SIGKILL');
      forget(pid);
      resolve(exit);
    });
  });
  return {
    pid,
    process: child,
    exited,
    exit: () => exit,
    signal(signal) {
      if (!exit) signalGroup(pid, signal);
    },
    async end(graceMs) {
      if (exit) return exit;
      signalGroup(pid, endsWith);
      // One that was stopped (SIGSTOP) hears of it only when it goes on.
      signalGroup(pid, 'SIGCONT');
      const insist = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
      return exited.finally(() => clearTimeout(insist));
    },
  };
}

/** An exit in words for people. */
export const describeExit = ({ code, signal }: Exit): string => (signal ? `by ${signal}` : `with exit code ${code}`);

/** Signals one process; says nothing when it has just ended (macOS answers EPERM for a group that only has corpses). */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

const signalGroup = (pid: number, signal: NodeJS.Signals): void =>
  signalProcess(process.platform === 'win32' ? pid : -pid, signal);
