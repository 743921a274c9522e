/**
 * The pause before the next attempt, in milliseconds: exponential, capped, with full jitter, so that clients that failed together
 * do not retry together. The first retry is attempt 0.
 */
export const backoffMs = (attempt: number, firstMs: number, capMs: number, random = Math.random): number =>
  Math.ceil(random() * Math.min(capMs, firstMs * 2 ** Math.min(attempt, 30)));
