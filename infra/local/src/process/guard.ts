import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../guard.mjs', import.meta.url));

let guard: ChildProcess | undefined;
/** The current orders to the guard: the line that removes an order, and the line that gave it. */
const registered = new Map<string, string>();

/** Makes the guard stop the process group `pid` with `signal` if this process ends without having done so, even by SIGKILL. */
export const watchOver = (pid: number, signal: NodeJS.Signals): void => send(`forget ${pid}`, `watch ${pid} ${signal}`);

/** Reverts `watchOver` after the process has ended; the guard exits with the last one. */
export const unregister = (pid: number): void => takeBack(`forget ${pid}`);

/** The same for a container of the local engine, which does not stop with its client. */
export const watchOverContainer = (name: string): void => send(`forget-container ${name}`, `watch-container ${name}`);

/** Reverts `watchOverContainer` after the container is removed. */
export const unregisterContainer = (name: string): void => takeBack(`forget-container ${name}`);

function send(forgetting: string, line: string): void {
  registered.set(forgetting, line);
  guard ??= startGuard();
  guard.stdin?.write(`${line}\n`);
}

function takeBack(forgetting: string): void {
  if (!registered.delete(forgetting)) return;
  guard?.stdin?.write(`${forgetting}\n`);
  if (registered.size > 0) return;
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
  // If the guard is killed, the pipe's error must not end this process; another guard takes over.
  child.stdin?.on('error', () => {});
  child.once('exit', () => {
    if (guard !== child) return;
    guard = startGuard();
    for (const line of registered.values()) guard.stdin?.write(`${line}\n`);
  });
  child.unref();
  (child.stdin as Socket).unref();
  return child;
}
