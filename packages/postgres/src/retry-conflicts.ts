import { fullJitter } from './backoff.js';
import { isConflict } from './pg-errors.js';

/** How often work may meet a faster transaction before it is left to the caller's own retry. */
export const MAX_CONFLICTS = 20;
/** The same for who looks for the one input that always meets one. */
export const HURRIED_CONFLICTS = 4;
const PAUSE_MS = 5;
const PAUSE_CAP_MS = 200;

/** Runs the work again when another transaction was faster: on what that one left, it may well go through. Tells each time. */
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
