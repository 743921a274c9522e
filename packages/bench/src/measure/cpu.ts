import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second, whatever the kernel's own clock (man 5 proc, sysconf(_SC_CLK_TCK)). */
const MICROS_PER_TICK = 10_000;

/** One line of `/proc/<pid>/stat`, as far as it is needed. */
export interface ProcessTime {
  readonly pid: number;
  readonly parent: number;
  /** Of the process with all its threads and of its children that have ended and were waited for, in clock ticks. */
  readonly ticks: number;
}

/** Reads a line of `/proc/<pid>/stat`; the name in parentheses may hold anything, blanks and parentheses too. */
export function parseStat(line: string): ProcessTime {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
  return { pid: Number.parseInt(line, 10), parent: Number(fields[1]), ticks };
}

/** Whether CPU can be measured: elsewhere than on Linux there is no `/proc`, and figures of CPU are left out. */
export const measuresCpu = process.platform === 'linux';

/**
 * CPU time used until now by these processes and everything they started (a PostgreSQL's backends), user and system, in
 * microseconds. An ended child stays in the sum, because its parent has waited for it. Undefined where it cannot be measured.
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
      // It ended while we looked.
    }
  }
  return all;
}
