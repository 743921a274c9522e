import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';

const WATCHED_MS = 6_000;
/** A page that is frozen draws nothing for seconds; one that shares two cores with ten servers stumbles now and then. */
const FLUENT_MS = 250;
const FROZEN_MS = 3_000;
/** Of the times from one frame to the next, the one that nineteen of twenty do not exceed. */
const MOST = 0.95;

/** How a page moved while it was watched. */
export interface Fluency {
  /** Milliseconds from one drawing of the page to the next, the shortest first. */
  readonly frames: readonly number[];
  /** Of the time, what went into tasks of more than 50 ms: so long a page cannot answer who presses something. */
  readonly blockedShare: number;
}

/** Watches a page for some seconds, and fails when it does not move fluently. */
export async function demandFluent(page: Page): Promise<Fluency> {
  const { frames, blockedMs } = (await page.evaluate(WATCH)) as { frames: number[]; blockedMs: number };
  frames.sort((a, b) => a - b);
  expect(frames.length).toBeGreaterThan(WATCHED_MS / FLUENT_MS);
  expect(frames[Math.floor(frames.length * MOST)]).toBeLessThan(FLUENT_MS);
  expect(frames.at(-1)).toBeLessThan(FROZEN_MS);
  return { frames, blockedShare: blockedMs / WATCHED_MS };
}

const WATCH = `new Promise((resolve) => {
  const frames = [];
  let blockedMs = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) blockedMs += duration;
  });
  observer.observe({ entryTypes: ['longtask'] });
  let last = performance.now();
  const end = last + ${WATCHED_MS};
  const frame = (now) => {
    frames.push(now - last);
    last = now;
    if (now < end) requestAnimationFrame(frame);
    else {
      observer.disconnect();
      resolve({ frames, blockedMs });
    }
  };
  requestAnimationFrame(frame);
})`;
