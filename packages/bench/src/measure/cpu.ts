import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second, independent of the kernel's timer (man 5 proc, sysconf(_SC_CLK_TCK)). */
const MICROS_PER_TICK = 10_000;

/** The used fields of a line of `/proc/<pid>/stat`. */
export interface ProcessTime {
  readonly pid: number;
  readonly parent: number;
  /** Clock ticks of the process with all its threads and of its ended and awaited children. */
  readonly ticks: number;
}

/** Parses a line of `/proc/<pid>/stat`. The name in parentheses may contain blanks and parentheses. */
export function parseStat(line: string): ProcessTime {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
  return { pid: Number.parseInt(line, 10), parent: Number(fields[1]), ticks };
}

/** Whether CPU can be measured. Without `/proc` (not Linux), CPU figures are omitted. */
export const measuresCpu = process.platform === 'linux';

/**
 * CPU time, user and system, of these processes and their descendants (such as PostgreSQL's backends) in microseconds. An ended
 * child stays in the sum, because its parent has waited for it. Undefined if it cannot be measured.
 */
export function cpuMicros(pids: readonly number[]): number | undefined {
  if (!measuresCpu) return undefined;
  const all = readAll();
  return treeOf(pids, all).reduce((sum, pid) => sum + (all.get(pid)?.ticks ?? 0), 0) * MICROS_PER_TICK;
}

/** These processes and their descendants. */
export function family(pids: readonly number[]): number[] {
  return measuresCpu ? treeOf(pids, readAll()) : [...pids];
}

function treeOf(pids: readonly number[], all: ReadonlyMap<number, ProcessTime>): number[] {
  const children = new Map<number, number[]>();
  for (const { pid, parent } of all.values()) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const found = [...pids];
  for (let at = 0; at < found.length; at++) found.push(...(children.get(found[at]!) ?? []));
  return found;
}

function readAll(): Map<number, ProcessTime> {
  const all = new Map<number, ProcessTime>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const time = parseStat(readFileSync(`/proc/${name}/stat`, 'latin1'));
      all.set(time.pid, time);
    } catch {
      // The process ended during the loop.
    }
  }
  return all;
}
