import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../protocol.js';

export const systemClock: Clock = { now: Date.now, sleep: (ms) => pause(ms) };

/** Runs periodic work immediately, and again one second after each run ends. A failed run is repeated. */
export async function everySecond(work: () => Promise<void>): Promise<never> {
  for (;;) {
    await work().catch(() => {});
    await pause(1_000);
  }
}
