/**
 * Returns the pause before attempt `attempt + 1` in ms: a random part of a pause that doubles up to a cap. "Full jitter" spreads
 * the retries of callers that failed together.
 */
export function fullJitter(attempt: number, baseMs: number, capMs: number, random: () => number = Math.random): number {
  return Math.ceil(random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30)));
}
