import { setTimeout as pause } from 'node:timers/promises';
import type { Lift } from './injection.js';

const EVERY_MS = 300;

/** Runs an action now and every 300 ms until the fault ends. */
export async function repeat(act: () => Promise<void>): Promise<Lift> {
  const over = new AbortController();
  await act();
  const acting = (async () => {
    while (!over.signal.aborted) {
      await pause(EVERY_MS, undefined, { signal: over.signal }).catch(() => {});
      if (!over.signal.aborted) await act();
    }
  })();
  return () => {
    over.abort();
    return acting;
  };
}
