import { describe, expect, it } from '@jest/globals';
import { isNarrow, KINDS } from './kinds.js';
import { inWords, PEACE_AFTER_NARROW_MS, schedule, UNDISTURBED_MS } from './schedule.js';

const MINUTE_MS = 60_000;

describe('the schedule of a chaos run', () => {
  it('is fully determined by the seed', () => {
    expect(schedule(7, 5 * MINUTE_MS)).toEqual(schedule(7, 5 * MINUTE_MS));
    expect(schedule(7, 5 * MINUTE_MS)).not.toEqual(schedule(8, 5 * MINUTE_MS));
  });

  it('is a prefix of a longer one with the same seed', () => {
    const short = schedule(7, 2 * MINUTE_MS);
    expect(schedule(7, 5 * MINUTE_MS).slice(0, short.length)).toEqual(short);
  });

  it.each([1, 2, 3, 4, 5])('has no fault at the beginning and the end with seed %i', (seed) => {
    const faults = schedule(seed, 3 * MINUTE_MS);
    expect(faults.length).toBeGreaterThan(10);
    expect(faults[0]!.atMs).toBe(UNDISTURBED_MS);
    for (const { atMs, lastsMs } of faults) expect(atMs + lastsMs).toBeLessThanOrEqual(3 * MINUTE_MS - 5_000);
  });

  it('contains every kind before it repeats one', () => {
    const kinds = Object.keys(KINDS).length;
    const first = schedule(11, 20 * MINUTE_MS).slice(0, kinds);
    expect(new Set(first.map(({ kind }) => kind)).size).toBe(kinds);
  });

  it('starts with the narrow kinds, separated from all others', () => {
    const faults = schedule(11, 20 * MINUTE_MS);
    const first = faults.findIndex(({ kind }) => !isNarrow(kind));
    expect(first).toBe(Object.values(KINDS).filter((kind) => 'narrow' in kind).length);
    for (const { atMs, lastsMs } of faults.slice(0, first)) {
      expect(atMs + lastsMs + PEACE_AFTER_NARROW_MS).toBeLessThanOrEqual(faults[first]!.atMs);
    }
  });

  it('contains only the requested kinds', () => {
    const faults = schedule(7, 2 * MINUTE_MS, ['kill', 'freeze']);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['kill', 'freeze']));
  });

  it('lets some faults overlap', () => {
    const faults = schedule(3, 20 * MINUTE_MS);
    const overlapping = faults.filter(
      (fault, at) => at > 0 && fault.atMs < faults[at - 1]!.atMs + faults[at - 1]!.lastsMs,
    );
    expect(overlapping.length).toBeGreaterThan(faults.length / 10);
  });

  it('describes a fault in words', () => {
    expect(inWords({ kind: 'kill-in-batch', target: 'payment-1', detail: 'batch.saved', atMs: 0, lastsMs: 1 })).toBe(
      'payment-1: killed at batch.saved',
    );
  });
});
