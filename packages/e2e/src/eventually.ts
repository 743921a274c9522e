import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 25;
/** Another whole system may run beside this one. */
const PATIENCE_MS = 60_000;

/** Polls until the value is as expected, and returns it; throws with the last value after `withinMs`. */
export async function eventually<Seen>(
  what: string,
  look: () => Promise<Seen>,
  wanted: (seen: Seen) => boolean,
  withinMs = PATIENCE_MS,
): Promise<Seen> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (Date.now() > deadline)
      throw new Error(`${what} has not happened within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`);
    await pause(LOOK_EVERY_MS);
  }
}
