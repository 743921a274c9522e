/**
 * Milliseconds to wait before trying again after the `attempt`th failure in a row (from 1): a random part of a pause that
 * doubles up to a cap. "Full jitter" keeps many that failed together from coming back together.
 */
export function fullJitter(attempt: number, baseMs: number, capMs: number, random: () => number = Math.random): number {
  return random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}
