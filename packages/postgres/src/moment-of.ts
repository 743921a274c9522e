const EARLIEST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Formats a `timestamptz` in ISO 8601 with a four-digit year, so that texts sort like times and PostgreSQL can parse them.
 * PostgreSQL has times beyond that range (`infinity`, the year 290000, years BC). They are clamped to the bound, so that one such
 * row does not fail a list.
 */
export function momentOf(value: Date | number): string {
  const time = Number(value);
  const known = Number.isNaN(time) ? LATEST_MS : Math.max(EARLIEST_MS, Math.min(LATEST_MS, time));
  return new Date(known).toISOString();
}
