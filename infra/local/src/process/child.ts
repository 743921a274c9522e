import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { unregister, watchOver } from './guard.js';

/** The exit of a process: with a code, or by a signal. */
export type Exit = { code: number | null; signal: NodeJS.Signals | null };

/** A process in a separate group, which ends with this process at the latest. */
export type Child = {
  readonly pid: number;
  readonly process: ChildProcess;
  readonly exited: Promise<Exit>;
  /** Undefined while it runs. */
  exit(): Exit | undefined;
  signal(signal: NodeJS.Signals): void;
  /** Sends its stop signal, and SIGKILL after `graceMs`. No effect after its exit. */
  end(graceMs: number): Promise<Exit>;
};

/** Starts a process in a separate group, so that Ctrl-C reaches only this process, which controls the order of stops. */
export async function startChild(
  command: string,
  args: string[],
  options: SpawnOptions,
  endsWith: NodeJS.Signals = 'SIGTERM',
): Promise<Child> {
  const child = spawn(command, args, { ...options, detached: true, windowsHide: true });
  // Immediately, so that the child is stopped even if this process is killed now.
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
      // Stops the remaining children of the process.
      signalGroup(pid, 'SIGKILL');
      unregister(pid);
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
      // A paused process (SIGSTOP) receives the signal only after SIGCONT.
      signalGroup(pid, 'SIGCONT');
      const insist = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
      return exited.finally(() => clearTimeout(insist));
    },
  };
}

/** Describes an exit. */
export const describeExit = ({ code, signal }: Exit): string => (signal ? `by ${signal}` : `with exit code ${code}`);

/** Signals one process; ignores one that has just ended (macOS returns EPERM for a group with only zombies). */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

const signalGroup = (pid: number, signal: NodeJS.Signals): void =>
  signalProcess(process.platform === 'win32' ? pid : -pid, signal);
