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
    // The name in parentheses may hold anything; the state follows it, and 19 fields later the time.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): string | undefined {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const [, state, started] = /^(\S+)\s+(.*)$/.exec(stdout?.trim() ?? '') ?? [];
  return status === 0 && !state?.startsWith('Z') ? started : undefined;
}
