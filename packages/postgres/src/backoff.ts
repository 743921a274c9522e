/**
 * How long to wait before attempt `attempt + 1`: a random part of a pause that doubles up to a cap. "Full jitter" keeps many
 * that failed together from coming back together. Milliseconds.
 */
export function fullJitter(attempt: number, baseMs: number, capMs: number, random: () => number = Math.random): number {
  return Math.ceil(random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30)));
}
