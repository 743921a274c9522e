// Tells when the npm that runs us has ended. Plain Node, because node.mjs needs it before anything is built.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 500;
/** Stands between npm and us, and passes no SIGKILL on: a shell (some make way for the program), or node.mjs on an older Node. */
const IN_BETWEEN = /^(\S*\/)?(sh|bash|dash|ash|ksh|zsh) -c |^\S+ (\S*\/)?infra\/local\/node\.mjs /;

/** The command line of a running process; undefined when there is none with this number, or none that still runs. */
export function commandLine(pid) {
  const words =
    process.platform === 'linux' ? fromProc(pid, 'cmdline')?.replaceAll('\0', ' ') : fromPs(pid, 'command=');
  return words?.trim() || undefined;
}

/**
 * Remembers the npm that runs us and what stands in between; the answer tells whether all of them still run. None of them passes
 * every signal on, and none can pass on SIGKILL. Without npm it is always true: such a process may outlive its parent, as `nohup` wants it.
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

/** Calls `gone` once when the npm that runs us has ended, or what stands in between. */
export function onNpmGone(gone) {
  const isThere = npmAbove();
  const timer = setInterval(() => {
    if (isThere()) return;
    clearInterval(timer);
    gone();
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** A process whose parent has ended gets another one. */
function parentOf(pid) {
  if (process.platform !== 'linux') return Number(fromPs(pid, 'ppid='));
  // The name in parentheses may hold anything; state and parent follow it.
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
