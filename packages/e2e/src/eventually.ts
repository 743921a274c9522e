import { setTimeout as pause } from 'node:timers/promises';

/** Another whole system may run beside this one. */
const PATIENCE_MS = 60_000;
/** Between two looks. Each costs the system under test some work, so long waits look less often: after a tenth of their time so far. */
const [PAUSE_AT_LEAST_MS, PAUSE_AT_MOST_MS] = [25, 250];

/** Polls until the value is as expected, and returns it; throws with the last value after `withinMs`. */
export async function eventually<Seen>(
  what: string,
  look: () => Promise<Seen>,
  wanted: (seen: Seen) => boolean,
  withinMs = PATIENCE_MS,
): Promise<Seen> {
  const began = Date.now();
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    const waitedMs = Date.now() - began;
    if (waitedMs > withinMs)
      throw new Error(`${what} has not happened within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`);
    await pause(Math.min(Math.max(waitedMs / 10, PAUSE_AT_LEAST_MS), PAUSE_AT_MOST_MS));
  }
}
