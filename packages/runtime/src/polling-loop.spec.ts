import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PollingLoop } from './polling-loop.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Work that records when it ran, in ms from the start. */
function noting(pauseMs: number, work: () => Promise<boolean>) {
  const began = Date.now();
  const ran: number[] = [];
  const failures: unknown[] = [];
  const every = new PollingLoop(
    pauseMs,
    () => {
      ran.push(Date.now() - began);
      return work();
    },
    (error) => failures.push(error),
  );
  return { every, ran, failures };
}

describe('a polling loop', () => {
  it('pauses between rounds, and not when more work is left', async () => {
    const answers = [true, false, false];
    const { every, ran } = noting(100, async () => answers.shift() ?? false);
    every.start();
    await jest.advanceTimersByTimeAsync(250);
    // A timer without a pause takes a millisecond.
    expect(ran).toEqual([100, 101, 201]);
    await every.stop();
  });

  it('reports failures, pauses longer after each, and as usual after a success', async () => {
    let failing = 3;
    const { every, ran, failures } = noting(100, async () => {
      if (failing-- > 0) throw new Error('away');
      return false;
    });
    every.start();
    await jest.advanceTimersByTimeAsync(1_700);
    expect(failures).toHaveLength(3);
    expect(ran).toEqual([100, 300, 700, 1_500, 1_600, 1_700]);
    await every.stop();
  });

  it('has ended when stop resolves, though it ran just then', async () => {
    let finish = () => {};
    const { every, ran } = noting(
      100,
      () =>
        new Promise((resolve) => {
          finish = () => resolve(true);
        }),
    );
    every.start();
    await jest.advanceTimersByTimeAsync(100);
    const stopped = every.stop();
    finish();
    await stopped;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(ran).toEqual([100]);
  });
});
