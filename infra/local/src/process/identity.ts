import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process by more than its number, which belongs to another one some day; in a container that starts anew, to the same program. */
export type Identity = { pid: number; born: string };

/** Undefined when no process with this number runs; one that ended and was not buried yet does not. */
export function identityOf(pid: number): Identity | undefined {
  const born = process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  return born ? { pid, born } : undefined;
}

/** Whether that very process still runs. */
export const stillRuns = ({ pid, born }: Identity): boolean => identityOf(pid)?.born === born;

/** When it began, in ticks since the machine did, and which start of the machine that was. */
function fromProc(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const fields = statOf(pid);
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** What Linux tells of a process after its name, which stands in parentheses and may hold anything: state, parent, … */
const statOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');

function fromPs(pid: number): string | undefined {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const [, state, started] = /^(\S+)\s+(.*)$/.exec(stdout?.trim() ?? '') ?? [];
  return status === 0 && !state?.startsWith('Z') ? started : undefined;
}

/** Who started a process; somebody else once that has ended. Undefined when it does not run. */
export function parentOf(pid: number): number | undefined {
  if (process.platform !== 'linux') {
    const { status, stdout } = spawnSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : undefined;
  }
  try {
    return Number(statOf(pid)[1]);
  } catch {
    return undefined;
  }
}
