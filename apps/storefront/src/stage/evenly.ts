/** Returns at most `count` whole numbers above `after` and up to `upTo`, evenly spaced, including the last one. */
export function evenly(after: number, upTo: number, count: number): number[] {
  const all = Math.max(0, upTo - after);
  const chosen = Math.min(all, count);
  return Array.from({ length: chosen }, (_, at) => upTo - Math.floor(((chosen - 1 - at) * all) / chosen));
}
