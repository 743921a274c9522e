import { describe, expect, it } from '@jest/globals';
import { Wedge } from './wedge.js';

const at = (committed: number, end: number) => new Map([['t/0', { committed: BigInt(committed), end: BigInt(end) }]]);

describe('a consumer', () => {
  it('is wedged when records pile up and none is committed for long', () => {
    const wedge = new Wedge(60_000);
    expect(wedge.look(0, at(5, 10))).toEqual([]);
    expect(wedge.look(30_000, at(5, 20))).toEqual([]);
    expect(wedge.look(60_000, at(5, 30))).toEqual(['t/0']);
    expect(wedge.look(90_000, at(6, 30))).toEqual([]);
  });

  it('is not wedged while it commits, however large the lag', () => {
    const wedge = new Wedge(60_000);
    for (let minute = 0; minute < 10; minute++) {
      expect(wedge.look(minute * 60_000, at(minute, 1_000 * minute + 1_000))).toEqual([]);
    }
  });

  it('is not wedged when it is only slow with what is there', () => {
    const wedge = new Wedge(60_000);
    wedge.look(0, at(5, 10));
    expect(wedge.look(120_000, at(5, 10))).toEqual([]);
  });

  it('is not wedged when there is nothing to do', () => {
    const wedge = new Wedge(60_000);
    wedge.look(0, at(10, 10));
    expect(wedge.look(120_000, at(10, 10))).toEqual([]);
  });
});
