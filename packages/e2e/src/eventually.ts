import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 25;

/** Looks until what is seen is as wanted, and gives it; fails with what was seen last when `withinMs` have passed. */
export async function eventually<Seen>(
  what: string,
  look: () => Promise<Seen>,
  wanted: (seen: Seen) => boolean,
  withinMs = 20_000,
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
