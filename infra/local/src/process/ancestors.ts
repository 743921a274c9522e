import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { commandLine } from './command-line.js';

const LOOK_EVERY_MS = 500;
/** How npm runs a script. Most shells stay; some make way for the program. */
const SHELL = /^(\S*\/)?(sh|bash|dash|ash|ksh|zsh) -c /;

/**
 * Calls `gone` once when the npm that runs us has ended, or the shell in between: neither passes every signal on, and none can pass
 * on SIGKILL. Who was started without npm may outlive its parent, as `nohup` wants it.
 */
export function onNpmGone(gone: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const shell = SHELL.test(commandLine(parent) ?? '');
  const grandparent = shell ? parentOf(parent) : undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent && (!shell || parentOf(parent) === grandparent)) return;
    clearInterval(timer);
    gone();
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** A process whose parent has ended gets another one. */
function parentOf(pid: number): number | undefined {
  if (process.platform !== 'linux') {
    return Number(spawnSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }).stdout);
  }
  try {
    // The name in parentheses may hold anything; state and parent follow it.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(parent);
  } catch {
    return undefined;
  }
}
