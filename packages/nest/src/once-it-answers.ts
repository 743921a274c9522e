import { setTimeout as pause } from 'node:timers/promises';
import { mayAnswerLater } from './boot-problems.js';

/** Time in ms for a database that is starting, or overloaded because many services start at once. */
const ANSWERS_WITHIN_MS = 30_000;
const RETRY_EVERY_MS = 500;

/**
 * Repeats `work` at boot while its database is starting or does not answer in time, for 30 s at most. Any other failure is final
 * at once.
 */
export async function onceItAnswers<T>(work: () => Promise<T>, withinMs = ANSWERS_WITHIN_MS): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!mayAnswerLater(error) || performance.now() > until) throw error;
      await pause(RETRY_EVERY_MS);
    }
  }
}
