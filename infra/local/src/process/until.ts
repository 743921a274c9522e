import { setTimeout as pause } from 'node:timers/promises';
import { type Child, describeExit } from './child.js';

const PROBE_EVERY_MS = 25;

/** Polls until `probe` returns true. Throws a sentence with `what` after `withinMs`. */
export async function until(what: string, withinMs: number, probe: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await probe())) {
    if (Date.now() > deadline) throw new Error(`${what} after ${withinMs / 1000} s.`);
    await pause(PROBE_EVERY_MS);
  }
}

/** Waits until a started process is ready. Throws if the process exits or after `withinMs`. */
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
