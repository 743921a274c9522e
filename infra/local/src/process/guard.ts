import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../guard.mjs', import.meta.url));

let guard: ChildProcess | undefined;
/** What the guard was told and not taken back: what it forgets, and the line that told it. */
const told = new Map<string, string>();

/** Has the process group `pid` ended with `signal` when this process dies without having done so, even by SIGKILL. */
export const watchOver = (pid: number, signal: NodeJS.Signals): void => tell(`forget ${pid}`, `watch ${pid} ${signal}`);

/** Takes back `watchOver`, once the process is known to have ended; the guard leaves with the last one. */
export const forget = (pid: number): void => takeBack(`forget ${pid}`);

/** The same for a container of the local engine, which does not end with the client that started it. */
export const watchOverContainer = (name: string): void => tell(`forget-container ${name}`, `watch-container ${name}`);

/** Takes back `watchOverContainer`, once the container is gone. */
export const forgetContainer = (name: string): void => takeBack(`forget-container ${name}`);

function tell(forgetting: string, line: string): void {
  told.set(forgetting, line);
  guard ??= startGuard();
  guard.stdin?.write(`${line}\n`);
}

function takeBack(forgetting: string): void {
  if (!told.delete(forgetting)) return;
  guard?.stdin?.write(`${forgetting}\n`);
  if (told.size > 0) return;
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
  // Somebody may kill the guard; the pipe's error must not take us with it, and another one takes over.
  child.stdin?.on('error', () => {});
  child.once('exit', () => {
    if (guard !== child) return;
    guard = startGuard();
    for (const line of told.values()) guard.stdin?.write(`${line}\n`);
  });
  child.unref();
  (child.stdin as Socket).unref();
  return child;
}
