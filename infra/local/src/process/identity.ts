import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Identifies a process beyond its pid, which is reused, and which is even the same program in a restarted container. */
export type Identity = { pid: number; born: string };

/** Undefined if no process with this pid runs; a zombie does not count. */
export function identityOf(pid: number): Identity | undefined {
  const born = process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  return born ? { pid, born } : undefined;
}

/** Whether this very process still runs. */
export const stillRuns = ({ pid, born }: Identity): boolean => identityOf(pid)?.born === born;

/** The start time in ticks since boot, and the id of the boot. */
function fromProc(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The name in parentheses may contain any character; the state follows it, and 19 fields later the start time.
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
