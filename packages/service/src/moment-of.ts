/** The last moment that JavaScript knows. */
const LATEST_MS = 8_640_000_000_000_000;

/**
 * A `timestamptz` in ISO 8601. PostgreSQL knows moments that JavaScript does not (`infinity`, the year 290000); in a list, such a
 * row must cost itself alone: it is shown at the bound.
 */
export function momentOf(value: Date | number): string {
  const time = Number(value);
  const known = Number.isNaN(time) ? LATEST_MS : Math.max(-LATEST_MS, Math.min(LATEST_MS, time));
  return new Date(known).toISOString();
}
