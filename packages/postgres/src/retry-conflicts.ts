import { fullJitter } from './backoff.js';
import { isConflict } from './pg-errors.js';

/** Maximum conflicts before the caller's own retry takes over. */
export const MAX_CONFLICTS = 20;
/** The same maximum while the caller searches a batch for the one input that always conflicts. */
export const HURRIED_CONFLICTS = 4;
const PAUSE_MS = 5;
const PAUSE_CAP_MS = 200;

/** Repeats work after a conflict: on the rows of the faster transaction it may succeed. Calls `onConflict` each time. */
export async function retryConflicts<Result>(
  work: () => Promise<Result>,
  onConflict?: (error: unknown) => void,
  most = MAX_CONFLICTS,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error)) throw error;
      onConflict?.(error);
      if (attempt === most) throw error;
      await pause(fullJitter(attempt, PAUSE_MS, PAUSE_CAP_MS));
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
