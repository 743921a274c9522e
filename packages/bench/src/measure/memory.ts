import { readFileSync } from 'node:fs';
import { family, measuresCpu } from './cpu.js';

const BYTES_PER_KB = 1_024;

/**
 * Memory of these processes and their descendants in bytes: the proportional share (Pss), so that memory shared by PostgreSQL's
 * backends counts once. Undefined on systems other than Linux.
 */
export function memoryBytes(pids: readonly number[]): number | undefined {
  if (!measuresCpu) return undefined;
  return family(pids).reduce((sum, pid) => sum + proportionalBytes(pid), 0);
}

function proportionalBytes(pid: number): number {
  try {
    const [, kilobytes] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')) ?? [];
    return Number(kilobytes ?? 0) * BYTES_PER_KB;
  } catch {
    return 0;
  }
}
