/** Formats a time in ms since 1970 as ISO 8601, or as the number if it is out of range (PostgreSQL has infinity). */
export function momentInWords(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}
