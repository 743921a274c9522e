/**
 * How long to wait before the next attempt, in milliseconds: exponential, capped, with full jitter, so that many who failed together do
 * not come back together. The first retry is attempt 0.
 */
export const backoffMs = (attempt: number, firstMs: number, capMs: number, random = Math.random): number =>
  Math.ceil(random() * Math.min(capMs, firstMs * 2 ** Math.min(attempt, 30)));
