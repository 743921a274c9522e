import { describe, expect, it } from '@jest/globals';
import { StallDetector } from './consumer-lag.js';

/** The committed and the end offset of each partition. */
const at = (...partitions: [committed: number, end: number][]) =>
  new Map(partitions.map(([committed, end], of) => [`t/${of}`, { committed: BigInt(committed), end: BigInt(end) }]));

describe('a consumer', () => {
  it('is stalled when records pile up and none is committed for long', () => {
    const detector = new StallDetector(60_000);
    expect(detector.look(0, at([5, 10]))).toEqual([]);
    expect(detector.look(30_000, at([5, 20]))).toEqual([]);
    expect(detector.look(60_000, at([5, 30]))).toEqual(['t/0']);
    expect(detector.look(90_000, at([6, 30]))).toEqual([]);
  });

  it('is busy, not stalled, while any of its partitions moves, however long another waits', () => {
    const detector = new StallDetector(60_000);
    for (let minute = 0; minute < 10; minute++) {
      expect(detector.look(minute * 60_000, at([5, 1_000 * minute + 1_000], [minute, 10_000]))).toEqual([]);
    }
    expect(detector.look(600_000, at([5, 20_000], [9, 10_000]))).toEqual(['t/0', 't/1']);
  });

  it('is not stalled while it commits, however large the lag', () => {
    const detector = new StallDetector(60_000);
    for (let minute = 0; minute < 10; minute++) {
      expect(detector.look(minute * 60_000, at([minute, 1_000 * minute + 1_000]))).toEqual([]);
    }
  });

  it('is not stalled when it is only slow and no records are added', () => {
    const detector = new StallDetector(60_000);
    detector.look(0, at([5, 10]));
    expect(detector.look(120_000, at([5, 10]))).toEqual([]);
  });

  it('is not stalled when there is nothing to do', () => {
    const detector = new StallDetector(60_000);
    detector.look(0, at([10, 10]));
    expect(detector.look(120_000, at([10, 10]))).toEqual([]);
    expect(detector.look(130_000, at([10, 11]))).toEqual([]);
  });

  it('is not stalled when it got other partitions', () => {
    const detector = new StallDetector(60_000);
    detector.look(0, at([5, 10]));
    expect(detector.look(60_000, at([5, 20], [3, 20]))).toEqual([]);
    expect(detector.look(100_000, at([5, 30]))).toEqual([]);
  });
});
