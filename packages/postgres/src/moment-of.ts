const EARLIEST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A `timestamptz` in ISO 8601, with four digits for the year: so texts compare like times, and PostgreSQL can read it back. It knows moments
 * beyond (`infinity`, the year 290000, years BC); in a list, such a row must cost itself alone: it is shown at the bound.
 */
export function momentOf(value: Date | number): string {
  const time = Number(value);
  const known = Number.isNaN(time) ? LATEST_MS : Math.max(EARLIEST_MS, Math.min(LATEST_MS, time));
  return new Date(known).toISOString();
}
