import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.js';

/** A pace of at most 25 ms, in a process that worked and rested so long since a batch began. */
function after(worked: number, rested: number, mostMs = 25): number {
  const loop = { active: 1_000, idle: 5_000, utilization: 0 };
  const pace = new Pace(mostMs, () => ({ ...loop }));
  pace.begin();
  loop.active += worked;
  loop.idle += rested;
  return pace.restMs();
}

describe('the pace of batches', () => {
  it('lets the next one wait nine times as long as this one took', () => {
    expect(after(2, 0)).toBe(18);
  });

  it('counts waiting for others as rest', () => {
    expect(after(1, 5)).toBe(4);
    expect(after(1, 9)).toBe(0);
  });

  it('never lets two begin further apart than is allowed', () => {
    expect(after(6, 3)).toBe(16);
  });

  it('does not let those wait who are late already', () => {
    expect(after(20, 5)).toBe(0);
    expect(after(100, 0)).toBe(0);
  });

  it('can be switched off', () => {
    expect(after(2, 0, 0)).toBe(0);
  });
});
