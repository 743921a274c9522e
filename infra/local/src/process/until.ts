import { setTimeout as pause } from 'node:timers/promises';
import { type Child, describeExit } from './child.js';

const PROBE_EVERY_MS = 25;

/** Waits until `probe` says yes. Throws a sentence about `what` when `withinMs` have passed. */
export async function until(what: string, withinMs: number, probe: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await probe())) {
    if (Date.now() > deadline) throw new Error(`${what} after ${withinMs / 1000} s.`);
    await pause(PROBE_EVERY_MS);
  }
}

/** Waits until a started process answers its probe. Throws as soon as the process ends, or when `withinMs` have passed. */
export async function untilReady(
  name: string,
  child: Child,
  withinMs: number,
  probe: () => Promise<boolean>,
): Promise<void> {
  await until(`${name} is still not ready`, withinMs, async () => {
    const exit = child.exit();
    if (exit) throw new Error(`${name} ended ${describeExit(exit)} before it was ready.`);
    return probe();
  });
}
