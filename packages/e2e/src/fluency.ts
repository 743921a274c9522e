import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';

const WATCHED_MS = 6_000;
/** A frozen page draws no frame for seconds; a page that shares two cores with ten servers drops frames occasionally. */
const FLUENT_MS = 250;
const FROZEN_MS = 3_000;
/** The percentile of frame times: 95 %. */
const MOST = 0.95;

/** The frame times of a page during a measurement. */
export interface Fluency {
  /** Milliseconds between frames, sorted ascending. */
  readonly frames: readonly number[];
  /** The share of time in tasks of more than 50 ms, during which a page cannot respond to input. */
  readonly blockedShare: number;
}

/** Measures a page for some seconds, and throws if it does not animate smoothly. */
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
