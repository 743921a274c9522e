import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Heartbeat } from './group-coordinator.js';

describe('heartbeats', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('continue while work takes long, and end with the last work', async () => {
    const errors: unknown[] = [];
    const heartbeat = new Heartbeat(500, (error) => errors.push(error));
    let beats = 0;
    const beat = async () => void beats++;
    const ends: (() => void)[] = [];
    const works = [1, 2].map(() => heartbeat.during(beat, new Promise<void>((end) => ends.push(end))));
    await jest.advanceTimersByTimeAsync(1_600);
    expect(beats).toBe(3);
    for (const end of ends) end();
    await Promise.all(works);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('that fail are reported, and do not end the work', async () => {
    const errors: unknown[] = [];
    const heartbeat = new Heartbeat(500, (error) => errors.push(error));
    let end = () => {};
    const work = heartbeat.during(
      () => Promise.reject(new Error('rebalancing')),
      new Promise<void>((resolve) => {
        end = resolve;
      }),
    );
    await jest.advanceTimersByTimeAsync(500);
    end();
    await work;
    expect(errors).toEqual([new Error('rebalancing')]);
  });
});
