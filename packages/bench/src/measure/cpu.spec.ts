import { describe, expect, it } from '@jest/globals';
import { cpuMicros, measuresCpu, parseStat } from './cpu.js';

describe('a line of /proc/<pid>/stat', () => {
  it('is parsed even if the name contains blanks and parentheses', () => {
    const line = '42 (postgres: io) worker (1)) S 7 42 42 0 -1 4194560 1 2 3 4 100 20 30 4 20 0 1 0 99 1 2';
    expect(parseStat(line)).toEqual({ pid: 42, parent: 7, ticks: 154 });
  });
});

describe('the CPU of a process', () => {
  it('increases with the work of the process', () => {
    if (!measuresCpu) return;
    const before = cpuMicros([process.pid])!;
    // hrtime, because a simulation in the same worker may have replaced the clock.
    const began = process.hrtime.bigint();
    while (process.hrtime.bigint() - began < 60_000_000n);
    expect(cpuMicros([process.pid])! - before).toBeGreaterThanOrEqual(10_000);
  });

  it('is 0 for a process that has ended', () => {
    if (measuresCpu) expect(cpuMicros([2 ** 30])).toBe(0);
  });
});
