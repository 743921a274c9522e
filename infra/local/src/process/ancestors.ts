import { commandLine } from './command-line.js';
import { parentOf } from './identity.js';

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
