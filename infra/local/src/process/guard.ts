import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../guard.mjs', import.meta.url));

let guard: ChildProcess | undefined;
const watched = new Set<number>();

/** Has the process group `pid` ended with `signal` when this process dies without having done so, even by SIGKILL. */
export function watchOver(pid: number, signal: NodeJS.Signals): void {
  guard ??= startGuard();
  watched.add(pid);
  guard.stdin?.write(`watch ${pid} ${signal}\n`);
}

/** Takes back `watchOver`, once the process is known to have ended; the guard leaves with the last one. */
export function forget(pid: number): void {
  if (!watched.delete(pid)) return;
  guard?.stdin?.write(`forget ${pid}\n`);
  if (watched.size > 0) return;
  guard?.stdin?.end();
  guard = undefined;
}

function startGuard(): ChildProcess {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [SCRIPT], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env,
  });
  // Somebody may kill the guard; the pipe's error must not take us with it.
  child.stdin?.on('error', () => {});
  child.unref();
  (child.stdin as Socket).unref();
  return child;
}
