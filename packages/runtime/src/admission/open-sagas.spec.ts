import { describe, expect, it } from '@jest/globals';
import { SagaBacklog } from './open-sagas.js';

const LIMITS = { freeSagas: 2_000, maxWaitMs: 7_500 };
const TICK_MS = 100;
const DEADLINE_MS = 60_000;

/** Sagas in virtual time: they end in the order in which they began, at a limited rate, and late ones at their deadline. */
class Shop {
  readonly backlog = new SagaBacklog(LIMITS);
  now = 1_000_000_000;
  accepted = 0;
  refused = 0;
  late = 0;
  private readonly begunAt: number[] = [];

  run(seconds: number, arrivalsPerSecond: number, endingsPerSecond: number): void {
    const arrivals = (arrivalsPerSecond * TICK_MS) / 1_000;
    const endings = (endingsPerSecond * TICK_MS) / 1_000;
    for (let tick = 0; tick < (seconds * 1_000) / TICK_MS; tick++) {
      this.now += TICK_MS;
      let began = 0;
      for (let each = 0; each < arrivals; each++) {
        if (this.backlog.excessMs(this.now) > 0) this.refused++;
        else began++;
      }
      this.accepted += began;
      this.begunAt.push(...Array<number>(began).fill(this.now));
      const ended = this.begunAt.splice(0, endings);
      this.late += ended.filter((at) => this.now - at > DEADLINE_MS).length;
      this.backlog.count(began, ended.length, this.now);
    }
  }

  get open(): number {
    return this.begunAt.length;
  }
}

describe('a flood of 1,500 orders per second while 540 sagas end per second', () => {
  const shop = new Shop();
  shop.run(60, 1_500, 540);
  const { accepted, refused } = shop;

  it('admits only sagas that end in time: none of them meets its deadline', () => {
    expect(accepted).toBeGreaterThan(0.8 * 540 * 60);
    expect(refused).toBeGreaterThan(0.5 * 1_500 * 60);
    expect(shop.late).toBe(0);
  });

  it('is over ten seconds after its end: the backlog is empty, no saga is refused', () => {
    shop.run(10, 10, 540);
    expect(shop.open).toBeLessThan(100);
    const before = shop.refused;
    shop.run(10, 500, 540);
    expect(shop.refused).toBe(before);
  });
});

describe('the backlog', () => {
  it('ends sagas far before their deadline even when the flood itself slows them', () => {
    const shop = new Shop();
    shop.run(20, 1_500, 540);
    shop.run(60, 1_500, 100);
    shop.run(60, 0, 540);
    expect(shop.late / shop.accepted).toBeLessThanOrEqual(0.01);
  });

  it('refuses none while few are open, though none ends: the downstream service is unavailable', () => {
    const shop = new Shop();
    shop.run(30, 50, 0);
    expect([shop.accepted, shop.refused]).toEqual([1_500, 0]);
  });

  it('refuses new ones when none ends and many are open', () => {
    const shop = new Shop();
    shop.run(60, 100, 0);
    expect(shop.accepted).toBeLessThan(2_500);
    shop.run(5, 0, 540);
    shop.run(10, 50, 540);
    expect(shop.open).toBeLessThan(100);
  });

  it('admits a burst in an idle shop without a measured rate', () => {
    const shop = new Shop();
    shop.run(60, 2, 540);
    shop.run(1, 5_000, 540);
    expect(shop.refused).toBe(0);
    shop.run(8, 0, 540);
    shop.run(2, 100, 540);
    expect([shop.refused, shop.late]).toEqual([0, 0]);
  });

  it('follows the database: also for sagas of another instance', () => {
    const backlog = new SagaBacklog(LIMITS);
    backlog.correct(50_000, 1_000_000);
    for (let second = 1; second <= 5; second++) backlog.count(0, 500, 1_000_000 + second * 1_000);
    expect(backlog.expectedWaitMs(1_005_000)).toBeCloseTo(95_000, -4);
    backlog.correct(100, 1_006_000);
    expect(backlog.expectedWaitMs(1_006_000)).toBe(0);
  });
});
