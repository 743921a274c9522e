// Detects the end of the npm that runs this process. Plain Node, because node.mjs needs it before the build.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 500;
/** Processes between npm and this one that do not pass SIGKILL on: a shell (some replace themselves by the program), or node.mjs on an older Node. */
const IN_BETWEEN = /^(\S*\/)?(sh|bash|dash|ash|ksh|zsh) -c |^\S+ (\S*\/)?infra\/local\/node\.mjs /;

/** The command line of a running process; undefined if no process with this pid runs. */
export function commandLine(pid) {
  const words =
    process.platform === 'linux' ? fromProc(pid, 'cmdline')?.replaceAll('\0', ' ') : fromPs(pid, 'command=');
  return words?.trim() || undefined;
}

/**
 * Records the npm that runs this process and the processes between them; the returned function checks whether all of them still run. None of
 * them passes every signal on, and none can pass on SIGKILL. Without npm it always returns true: such a process may outlive its parent, as with `nohup`.
 */
export function npmAbove() {
  if (process.env.npm_lifecycle_event === undefined) return () => true;
  const parent = process.ppid;
  const links = [];
  for (let pid = parent; IN_BETWEEN.test(commandLine(pid) ?? ''); pid = links.at(-1).parent) {
    links.push({ pid, parent: parentOf(pid) });
  }
  return () => process.ppid === parent && links.every((link) => parentOf(link.pid) === link.parent);
}

/** Calls `gone` once when the npm that runs this process, or a process between them, has ended. */
export function onNpmGone(gone) {
  const isThere = npmAbove();
  const timer = setInterval(() => {
    if (isThere()) return;
    clearInterval(timer);
    gone();
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** A process whose parent has ended gets a new parent. */
function parentOf(pid) {
  if (process.platform !== 'linux') return Number(fromPs(pid, 'ppid='));
  // The name in parentheses may contain any character; state and parent follow it.
  const facts = fromProc(pid, 'stat')
    ?.replace(/^.*\) /s, '')
    .split(' ');
  return facts && Number(facts[1]);
}

function fromProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

function fromPs(pid, column) {
  const { status, stdout } = spawnSync('ps', ['-ww', '-o', column, '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}
