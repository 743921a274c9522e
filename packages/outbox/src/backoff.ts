/**
 * Returns the pause in ms after consecutive failure number `attempt` (from 1): a random part of a pause that doubles up to a cap.
 * "Full jitter" spreads the retries of callers that failed together.
 */
export function fullJitter(attempt: number, baseMs: number, capMs: number, random: () => number = Math.random): number {
  return random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}
